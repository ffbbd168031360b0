//! One file by HTTP, with what is missing alone after an interruption.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::Path,
    thread,
    time::Duration,
};

use ureq::{Agent, Body, http::Response};

use super::FetchError;

/// Most bytes of a file whose size is not known.
pub(super) const LARGEST: u64 = 4 << 30;
/// How often a broken connection is made anew.
const ATTEMPTS: u32 = 3;
/// Before the second attempt; twice as long before the third.
const PAUSE: Duration = Duration::from_millis(500);
/// A server that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// What one attempt comes to, if not to an error that another cannot mend.
enum Attempt {
    Done,
    /// The connection failed or broke.
    Broken(String),
}

/// Completes the file `part`. `report` is told its bytes and those of the whole.
pub(super) fn download(
    url: &str,
    part: &Path,
    limit: u64,
    report: &dyn Fn(u64, Option<u64>),
) -> Result<(), FetchError> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        // A compressed transfer would have other lengths than the file.
        .accept_encoding("identity")
        .timeout_connect(Some(SILENCE))
        .timeout_recv_response(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        .build()
        .into();
    let mut options = OpenOptions::new();
    let options = options.create(true).append(true).read(true);
    let mut file = options.open(part).map_err(FetchError::io(part))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(FetchError::Busy { path: part.into() }),
        Err(TryLockError::Error(reason)) => return Err(FetchError::io(part)(reason)),
    }
    let mut transfer = Transfer {
        url,
        part,
        limit,
        report,
        file: &mut file,
    };
    let mut reason = String::new();
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            thread::sleep(PAUSE * attempt);
        }
        match transfer.attempt(&agent)? {
            Attempt::Done => return file.sync_all().map_err(FetchError::io(part)),
            Attempt::Broken(why) => reason = why,
        }
    }
    Err(FetchError::Connection {
        url: url.into(),
        reason,
        attempts: ATTEMPTS,
        kept: transfer.kept()?,
    })
}

struct Transfer<'a> {
    url: &'a str,
    part: &'a Path,
    limit: u64,
    report: &'a dyn Fn(u64, Option<u64>),
    file: &'a mut File,
}

impl Transfer<'_> {
    /// Bytes that are here.
    fn kept(&mut self) -> Result<u64, FetchError> {
        let end = self.file.seek(SeekFrom::End(0));
        end.map_err(FetchError::io(self.part))
    }

    fn restart(&self) -> Result<(), FetchError> {
        self.file.set_len(0).map_err(FetchError::io(self.part))
    }

    fn attempt(&mut self, agent: &Agent) -> Result<Attempt, FetchError> {
        let kept = self.kept()?;
        let mut request = agent.get(self.url);
        if kept > 0 {
            request = request.header("Range", format!("bytes={kept}-"));
        }
        let response = match request.call() {
            Ok(response) => response,
            Err(error) => return Ok(Attempt::Broken(error.to_string())),
        };
        match response.status().as_u16() {
            // The server sends the whole, asked or not.
            200 => {
                self.restart()?;
                self.receive(response, 0)
            }
            206 if range_start(&response) == Some(kept) => self.receive(response, kept),
            // What is kept is no beginning of what is there, or is all of it: the digest knows the one from the other.
            416 if range_total(&response) == Some(kept) => Ok(Attempt::Done),
            206 | 416 => {
                self.restart()?;
                Ok(Attempt::Broken("the server sends another range".into()))
            }
            status @ (408 | 429 | 500..) => Ok(Attempt::Broken(format!("status {status}"))),
            status => Err(FetchError::Status {
                url: self.url.into(),
                status,
            }),
        }
    }

    /// Appends what comes to the bytes that are here.
    fn receive(&mut self, response: Response<Body>, kept: u64) -> Result<Attempt, FetchError> {
        let mut body = response.into_body();
        let total = body.content_length().map(|rest| kept.saturating_add(rest));
        self.check_size(total.unwrap_or(0))?;
        let (mut reader, mut buffer, mut here) = (body.as_reader(), vec![0; 1 << 16], kept);
        (self.report)(here, total);
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) => return Ok(Attempt::Broken(error.to_string())),
            };
            here += count as u64;
            self.check_size(here)?;
            let written = self.file.write_all(&buffer[..count]);
            written.map_err(FetchError::io(self.part))?;
            (self.report)(here, total);
        }
        Ok(match total {
            Some(total) if here < total => Attempt::Broken(format!("{here} of {total} bytes came")),
            _ => Attempt::Done,
        })
    }

    fn check_size(&self, bytes: u64) -> Result<(), FetchError> {
        if bytes <= self.limit {
            return Ok(());
        }
        Err(FetchError::TooLarge {
            url: self.url.into(),
            bytes,
            limit: self.limit,
        })
    }
}

/// S of `Content-Range: bytes S-E/T`.
fn range_start(response: &Response<Body>) -> Option<u64> {
    let (range, _) = content_range(response)?.split_once('/')?;
    range.split_once('-')?.0.parse().ok()
}

/// T of it.
fn range_total(response: &Response<Body>) -> Option<u64> {
    content_range(response)?.split_once('/')?.1.parse().ok()
}

fn content_range(response: &Response<Body>) -> Option<&str> {
    let value = response.headers().get("content-range")?.to_str().ok()?;
    value.strip_prefix("bytes ").map(str::trim)
}
