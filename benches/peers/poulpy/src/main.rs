//! Times Poulpy's bootstrapping presets as `equiripple bench bootstrap` does its own, and prints them as JSON.
//!
//! ```sh
//! cd benches/peers/poulpy
//! RUSTFLAGS="-C target-cpu=native" cargo +nightly run --release -- s2c > poulpy.json
//! ```
//!
//! One thread, CPU time; complex slots, all N/2. Presets: `s2c` and `c2s` at N = 2^16, `n15` at N = 2^15. The library needs
//! AVX-512 IFMA, a nightly compiler, and 18 GiB of memory at N = 2^16.

use poulpy_ckks::{
    presets::bootstrapping::{n15_d35_k180_p18_c2s, n16_d35_k636_p20_c2s, n16_d35_k733_p20_s2c},
    test_suite::presets::{BootstrappingPresetRun, preset_for_backend},
};
use poulpy_cpu_avx512::NTT3x42Ifma;
use serde_json::json;

const REPEAT: usize = 3;
/// Bits of one level of the presets.
const LEVEL_BITS: usize = 35;

/// CPU seconds of this process.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("Linux tells CPU time");
    let nanoseconds = stat.split_whitespace().next().and_then(|x| x.parse::<f64>().ok());
    nanoseconds.expect("a number of nanoseconds") * 1e-9
}

fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or_else(|| "s2c".into());
    let preset = match name.as_str() {
        "s2c" => n16_d35_k733_p20_s2c(),
        "c2s" => n16_d35_k636_p20_c2s(),
        "n15" => n15_d35_k180_p18_c2s(),
        other => panic!("no preset `{other}`; choose s2c, c2s or n15"),
    };
    let preset = preset.expect("a preset of the library is valid");
    let preset = preset_for_backend::<NTT3x42Ifma, NTT3x42Ifma>(&preset).expect("it fits the backend");
    let (log_n, left) = (preset.log_n(), preset.output_k() - preset.input_k());
    let label = preset.name().to_string();
    let before = cpu_seconds();
    let mut run: BootstrappingPresetRun<NTT3x42Ifma> = BootstrappingPresetRun::setup(preset);
    let setup = cpu_seconds() - before;
    let mut times: Vec<f64> = (0..REPEAT)
        .map(|_| {
            let before = cpu_seconds();
            run.bootstrap();
            cpu_seconds() - before
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (re, im) = run.precision();
    let row = json!({
        "log_n": log_n,
        "slots": 1usize << (log_n - 1),
        "kind": "complex",
        "threads": 1,
        "preset": label,
        "seconds": times[REPEAT / 2],
        "mean_bits": (re.avg_log2_prec + im.avg_log2_prec) / 2.0,
        "min_bits": re.min_log2_prec.min(im.min_log2_prec),
        "levels_left": left / LEVEL_BITS,
        "keygen_seconds": setup,
        "peak_memory_bytes": peak_memory_bytes(),
    });
    let report = json!({
        "library": "Poulpy 0.10.0",
        "clock": "CPU time of the process",
        "rows": [row],
    });
    println!("{report:#}");
}
