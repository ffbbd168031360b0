//! CPU time of solving and certifying, on one thread, and of the same work by Sollya as a process in the same run.
//!
//! ```text
//! cargo bench -p equiripple-approx [-- --json FILE]
//! ```
//!
//! Both sides count user and system time. Sollya's includes its start, which has a row of its own; it works at the
//! same number of bits, to the same levelling, and with the same tolerance of certificates.

#![allow(
    clippy::print_stdout,
    reason = "a benchmark prints its table to the terminal"
)]

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use equiripple_approx::{
    Result,
    certify::{self, Weight, function_error},
    composite::{ReluDesign, SignDesign, design_relu, design_sign},
    domain::Domain,
    poly::pow2,
    remez::{Budget, Minimax, Problem, sign},
    target::Target,
};
use rug::Float;
use serde_json::{Value, json};

/// Sollya's working precision: what the library works at by itself.
const SOLLYA_BITS: u32 = 256;
/// Seconds on the clock after which Sollya is given up.
const SOLLYA_LIMIT: u32 = 60;
/// Runs of the library whose median is reported.
const RUNS: usize = 9;
/// A run repeats quick work until it has taken this many seconds.
const RUN_SECONDS: f64 = 0.05;
/// Runs of Sollya whose median is reported.
const SOLLYA_RUNS: usize = 5;
/// Work that takes longer than this many seconds is run once.
const LONG: f64 = 5.0;

/// One row of the table.
struct Work {
    name: &'static str,
    /// Returns the error of what was made, so that both sides can be seen to have done the same.
    run: Option<fn() -> Result<Float>>,
    /// Prints that error.
    script: Option<String>,
}

/// Median CPU seconds of some runs, and what they found.
struct Measured {
    seconds: f64,
    runs: usize,
    error: f64,
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let json_path = json_path()?;
    let sollya = sollya_version();
    match &sollya {
        Some(version) => println!("Sollya: {version}"),
        None => {
            println!("Sollya: cannot be run here (needs `sollya` and `bash`); the library alone")
        }
    }
    println!(
        "clock: {}, processor: {}\n",
        Clock::pick().name(),
        processor()
    );
    println!(
        "{:<44} {:>12} {:>12} {:>8}  {:>11}",
        "CPU seconds, medians", "equiripple", "Sollya", "ratio", "log2 E"
    );
    let mut rows = vec![];
    for work in works() {
        let ours = work.run.map(measure).transpose()?;
        let theirs = match (&sollya, &work.script) {
            (Some(_), Some(script)) => Some(measure_sollya(script)?),
            _ => None,
        };
        let row = row(&work, ours.as_ref(), theirs.as_ref());
        println!("{}", text(&row));
        rows.push(row);
    }
    if let Some(path) = json_path {
        let report = json!({
            "clock": Clock::pick().name(),
            "processor": processor(),
            "sollya": sollya,
            "sollya_bits": SOLLYA_BITS,
            "sollya_limit_seconds": SOLLYA_LIMIT,
            "rows": rows,
        });
        fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    Ok(())
}

fn json_path() -> std::result::Result<Option<String>, String> {
    let mut path = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bench" => {}
            "--json" => path = Some(args.next().ok_or("--json needs a file name")?),
            other => return Err(format!("unknown argument {other}; known: --json FILE")),
        }
    }
    Ok(path)
}

fn works() -> Vec<Work> {
    let sigmoid = "f=1/(1+exp(-x)); I=[-8;8]; p=remez(f,31,I,1,1e-22);\n";
    vec![
        Work {
            name: "start of the process",
            run: None,
            script: Some("e=1;".into()),
        },
        Work {
            name: "sign {15,15,27} on [2^-9,1], solved",
            run: Some(|| solve_sign(&[15, 15, 27], 9)),
            script: Some(sign_script(&[15, 15, 27], 9, false)),
        },
        Work {
            name: "sign {15,15,27}, solved and certified",
            run: Some(|| certify_sign(&[15, 15, 27], 9)),
            script: Some(sign_script(&[15, 15, 27], 9, true)),
        },
        Work {
            name: "sign {15,27,29} on [2^-10,1], solved",
            run: Some(|| solve_sign(&[15, 27, 29], 10)),
            script: Some(sign_script(&[15, 27, 29], 10, false)),
        },
        Work {
            name: "sign {15,27,29}, solved and certified",
            run: Some(|| certify_sign(&[15, 27, 29], 10)),
            script: Some(sign_script(&[15, 27, 29], 10, true)),
        },
        Work {
            name: "sign {59} on [2^-10,1], solved",
            run: Some(|| solve_sign(&[59], 10)),
            script: Some(sign_script(&[59], 10, false)),
        },
        Work {
            name: "sign {59}, solved and certified",
            run: Some(|| certify_sign(&[59], 10)),
            script: Some(sign_script(&[59], 10, true)),
        },
        Work {
            name: "sigmoid, degree 31 on [-8,8], solved",
            run: Some(|| Ok(solve_sigmoid()?.2.largest)),
            script: Some(format!("{sigmoid}e=dirtyinfnorm(p-f,I);")),
        },
        Work {
            name: "sigmoid, solved and certified",
            run: Some(certify_sigmoid),
            script: Some(format!("{sigmoid}e=sup(supnorm(p,f,I,absolute,2^(-21)));")),
        },
        Work {
            name: "ReLU {15,15,27} directly, certified",
            run: Some(|| {
                let relu = design_relu(&ReluDesign::new(&[15, 15, 27], true), Budget::unlimited())?;
                Ok(relu.sup.bounds.upper)
            }),
            script: None,
        },
    ]
}

/// The stages alone: each on the range that the largest error of the one before leaves.
fn solve_sign(degrees: &[usize], k: i32) -> Result<Float> {
    let (mut lo, mut hi) = (pow2(-k), Float::with_val(53, 1));
    let mut error = Float::new(53);
    for &degree in degrees {
        let stage = sign::minimax(degree, &lo, &hi, None, Budget::unlimited())?;
        error = stage.largest;
        lo = Float::with_val(stage.precision, 1u32 - &error);
        hi = Float::with_val(stage.precision, 1u32 + &error);
    }
    Ok(error)
}

fn certify_sign(degrees: &[usize], k: i32) -> Result<Float> {
    let (_, bounds) = design_sign(&SignDesign::new(degrees, pow2(-k)), Budget::unlimited())?;
    Ok(bounds.upper)
}

/// The same for Sollya; with a certificate the range of each stage comes from `supnorm`.
fn sign_script(degrees: &[usize], k: i32, certified: bool) -> String {
    let mut script = format!("lo=2^(-{k}); hi=1;\n");
    for degree in degrees {
        let powers: Vec<String> = (1..=*degree).step_by(2).map(|k| k.to_string()).collect();
        let error = if certified {
            "sup(supnorm(p,1,I,absolute,2^(-21)))"
        } else {
            "dirtyinfnorm(p-1,I)"
        };
        script += &format!(
            "I=[lo;hi]; p=remez(1,[|{}|],I,1,1e-25); e={error}; lo=round(1-e,200,RD); hi=round(1+e,200,RU);\n",
            powers.join(",")
        );
    }
    script
}

fn solve_sigmoid() -> Result<(Target, Domain, Minimax)> {
    let target: Target = "sigmoid".parse()?;
    let domain = Domain::parse("[-8,8]", 64)?;
    let best = Problem::new(target.clone(), domain.clone(), 31).solve(Budget::unlimited())?;
    Ok((target, domain, best))
}

fn certify_sigmoid() -> Result<Float> {
    let (target, domain, best) = solve_sigmoid()?;
    let Some(p) = best.approximant.polynomial() else {
        return Ok(best.largest);
    };
    let sup = function_error(
        &target,
        Weight::One,
        certify::Approximant::Series(p),
        &domain,
        Budget::unlimited(),
    )?;
    Ok(sup.bounds.upper)
}

/// What tells the CPU time of this thread.
#[derive(Clone, Copy)]
enum Clock {
    Scheduler,
    Wall,
}

impl Clock {
    fn pick() -> Self {
        if scheduled().is_some() {
            Self::Scheduler
        } else {
            Self::Wall
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Scheduler => "CPU time of the thread",
            Self::Wall => "wall time (this system does not tell a thread's CPU time)",
        }
    }

    fn now(self, start: Instant) -> f64 {
        match self {
            Self::Scheduler => scheduled().unwrap_or(0.0),
            Self::Wall => start.elapsed().as_secs_f64(),
        }
    }
}

/// CPU seconds of this thread. The scheduler's account is up to date only after a switch, hence the nap.
fn scheduled() -> Option<f64> {
    thread::sleep(Duration::from_micros(1));
    let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = stat.split_whitespace().next()?.parse().ok()?;
    (nanoseconds > 0).then_some(nanoseconds as f64 * 1e-9)
}

fn measure(run: fn() -> Result<Float>) -> Result<Measured> {
    let (clock, start) = (Clock::pick(), Instant::now());
    let before = clock.now(start);
    let error = run()?.to_f64();
    let first = clock.now(start) - before;
    let repeats = (RUN_SECONDS / first.max(1e-6)).ceil().clamp(1.0, 1e4) as u32;
    let mut times = vec![];
    for _ in 0..if first > LONG { 1 } else { RUNS } {
        let before = clock.now(start);
        for _ in 0..repeats {
            std::hint::black_box(run()?);
        }
        times.push((clock.now(start) - before) / f64::from(repeats));
    }
    Ok(Measured {
        seconds: median(&mut times),
        runs: times.len(),
        error,
    })
}

/// The error is not a number when Sollya was stopped at the limit or printed none.
fn measure_sollya(script: &str) -> std::result::Result<Measured, Box<dyn Error>> {
    let mut times = vec![];
    let mut error = f64::NAN;
    while times.len() < SOLLYA_RUNS && times.last().is_none_or(|t| *t <= LONG) {
        let (seconds, found) = run_sollya(script)?;
        times.push(seconds);
        error = found.unwrap_or(f64::NAN);
    }
    Ok(Measured {
        seconds: median(&mut times),
        runs: times.len(),
        error,
    })
}

/// CPU seconds of the process and its children by the shell's `time`, and the number that it printed.
fn run_sollya(script: &str) -> std::result::Result<(f64, Option<f64>), Box<dyn Error>> {
    let timed = format!(
        "TIMEFORMAT='%3U %3S'; time timeout {SOLLYA_LIMIT} sollya --warnonstderr 2>/dev/null"
    );
    let mut child = Command::new("bash")
        .args(["-c", &timed])
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        write!(
            input,
            "prec={SOLLYA_BITS}!;\n{script}\nprint(round(e,53,RN));\nquit;\n"
        )?;
    }
    let output = child.wait_with_output()?;
    let times = String::from_utf8_lossy(&output.stderr);
    let seconds = times
        .split_whitespace()
        .map(str::parse::<f64>)
        .sum::<std::result::Result<f64, _>>()
        .map_err(|_| format!("bash's time said {times:?}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let number = printed.lines().rev().find_map(|l| l.trim().parse().ok());
    Ok((seconds, number))
}

/// Sollya's version where both it and the shell that times it can be run.
fn sollya_version() -> Option<String> {
    let bash = Command::new("bash").args(["-c", "true"]).status().ok()?;
    let output = Command::new("sollya").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split(" connected").next()?.trim().to_string();
    (bash.success() && output.status.success()).then_some(version)
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    info.lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|rest| rest.split_once(':'))
        .map_or("unknown".into(), |(_, name)| name.trim().to_string())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    let half = times.len() / 2;
    if times.len() % 2 == 1 {
        times[half]
    } else {
        0.5 * (times[half - 1] + times[half])
    }
}

fn row(work: &Work, ours: Option<&Measured>, theirs: Option<&Measured>) -> Value {
    let side = |m: &Measured| {
        json!({
            "seconds": m.seconds,
            "runs": m.runs,
            "log2_error": m.error.is_finite().then(|| m.error.log2()),
        })
    };
    let ratio = ours.zip(theirs).map(|(o, t)| t.seconds / o.seconds);
    json!({
        "name": work.name,
        "equiripple": ours.map(side),
        "sollya": theirs.map(side),
        "ratio": ratio,
    })
}

fn text(row: &Value) -> String {
    let number = |value: &Value, decimals| {
        value
            .as_f64()
            .map_or("-".into(), |v| format!("{v:.decimals$}"))
    };
    let (ours, theirs) = (&row["equiripple"], &row["sollya"]);
    let (a, b) = (ours["log2_error"].as_f64(), theirs["log2_error"].as_f64());
    let above = if !theirs.is_null() && b.is_none() {
        ">"
    } else {
        ""
    };
    let mut line = format!(
        "{:<44} {:>12} {:>12} {:>8}  {:>11}",
        row["name"].as_str().unwrap_or_default(),
        number(&ours["seconds"], 5),
        above.to_string() + &number(&theirs["seconds"], 3),
        above.to_string() + &number(&row["ratio"], 1),
        number(&ours["log2_error"], 6),
    );
    if !above.is_empty() {
        line += "  Sollya: no result";
    }
    if let (Some(a), Some(b)) = (a, b)
        && (a - b).abs() > 1e-5
    {
        let _ = write!(line, "  Sollya: {b:.6}");
    }
    line
}
