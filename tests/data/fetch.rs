//! Fetching from a server of ours: whole, broken off, damaged, refused.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use equiripple::nn::data::{
    Dataset,
    fetch::{Fetch, FetchError, Fetched, Published},
};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::cifar10_record;

/// How a request is answered.
#[derive(Clone, Copy)]
enum Answer {
    /// With what is asked for.
    Range,
    /// With the whole, whatever is asked for.
    Whole,
    /// With a status alone.
    Status(u16),
    /// As `Range`, but the connection closes after so many bytes.
    Cut(usize),
    /// With a range that starts elsewhere.
    Elsewhere,
}

/// A server of one file, and the ranges it was asked for.
struct Server {
    url: String,
    ranges: Arc<Mutex<Vec<Option<usize>>>>,
}

impl Server {
    /// Answers one request after the other as it is told, and every further one as the last.
    fn new(content: Vec<u8>, answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/file.tar.gz", listener.local_addr().unwrap());
        let ranges = Arc::new(Mutex::new(vec![]));
        let (seen, answers) = (ranges.clone(), answers.to_vec());
        thread::spawn(move || {
            for (i, stream) in listener.incoming().enumerate() {
                let answer = answers[i.min(answers.len() - 1)];
                let mut stream = stream.unwrap();
                let range = asked(&mut stream);
                seen.lock().unwrap().push(range);
                // Who broke off does not listen.
                let _ = respond(&mut stream, &content, range, answer);
            }
        });
        Self { url, ranges }
    }

    fn ranges(&self) -> Vec<Option<usize>> {
        self.ranges.lock().unwrap().clone()
    }
}

/// Start of the range that a request asks for.
fn asked(stream: &mut TcpStream) -> Option<usize> {
    let mut request = vec![];
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        request.push(byte[0]);
    }
    let text = String::from_utf8(request).unwrap().to_ascii_lowercase();
    let range = text
        .lines()
        .find_map(|line| line.strip_prefix("range: bytes="))?;
    range.trim_end_matches('-').parse().ok()
}

fn respond(
    stream: &mut TcpStream,
    content: &[u8],
    range: Option<usize>,
    answer: Answer,
) -> std::io::Result<()> {
    let total = content.len();
    let (start, status) = match (answer, range) {
        (Answer::Status(status), _) => {
            return write!(
                stream,
                "HTTP/1.1 {status} no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
        (Answer::Whole, _) | (_, None) => (0, "200 OK".to_string()),
        (_, Some(start)) if start >= total => {
            return write!(
                stream,
                "HTTP/1.1 416 no\r\nContent-Range: bytes */{total}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
        (Answer::Elsewhere, Some(start)) => (start / 2, partial(start / 2, total)),
        (_, Some(start)) => (start, partial(start, total)),
    };
    let end = match answer {
        Answer::Cut(bytes) => total.min(start + bytes),
        _ => total,
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        total - start
    )?;
    stream.write_all(&content[start..end])
}

fn partial(start: usize, total: usize) -> String {
    format!(
        "206 Partial Content\r\nContent-Range: bytes {start}-{}/{total}",
        total - 1
    )
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// Three test images, and noise that does not compress, so that it is worth breaking off.
fn archive() -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(vec![], Compression::fast()));
    let noise: Vec<u8> = (0..6000u32)
        .flat_map(|i| Sha256::digest(i.to_le_bytes()))
        .collect();
    for (name, bytes) in [
        (
            "test_batch.bin",
            [0, 1, 2].into_iter().flat_map(cifar10_record).collect(),
        ),
        ("readme.html", noise),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let path = format!("cifar-10-batches-bin/{name}");
        tar.append_data(&mut header, path, &bytes[..]).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

fn fetch(server: &Server, out: &Path, content: &[u8]) -> Result<Fetched, FetchError> {
    Fetch {
        set: Published::Cifar10,
        out: out.to_path_buf(),
        url: Some(server.url.clone()),
        sha256: Some(sha256(content)),
    }
    .run(&|_| {})
}

/// The data are there, and nothing else is.
fn assert_complete(out: &Path) {
    let data = Dataset::open(out.join("cifar-10-batches-bin")).unwrap();
    assert_eq!(data.len(), 3);
    let names: Vec<_> = fs::read_dir(out)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["cifar-10-batches-bin"]);
}

#[test]
fn whole_and_only_once() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    let server = Server::new(content.clone(), &[Answer::Range]);
    let reports = Mutex::new(vec![]);
    let request = Fetch {
        set: Published::Cifar10,
        out: out.path().to_path_buf(),
        url: Some(server.url.clone()),
        sha256: Some(sha256(&content).to_uppercase()),
    };
    let fetched = request
        .run(&|p| reports.lock().unwrap().push((p.bytes, p.total)))
        .unwrap();
    assert!(!fetched.already);
    assert_complete(out.path());
    let total = content.len() as u64;
    assert_eq!(
        *reports.lock().unwrap().last().unwrap(),
        (total, Some(total))
    );
    assert!(request.run(&|_| {}).unwrap().already);
    assert_eq!(server.ranges(), [None]);
}

#[test]
fn a_broken_connection_is_resumed_in_the_same_run() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    let server = Server::new(content.clone(), &[Answer::Cut(70_000), Answer::Range]);
    fetch(&server, out.path(), &content).unwrap();
    assert_complete(out.path());
    assert_eq!(server.ranges(), [None, Some(70_000)]);
}

#[test]
fn an_interrupted_run_is_resumed_by_the_next() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    let broken = Server::new(content.clone(), &[Answer::Cut(30_000)]);
    let error = fetch(&broken, out.path(), &content).unwrap_err();
    assert!(
        matches!(
            error,
            FetchError::Connection {
                kept: 90_000,
                attempts: 3,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(broken.ranges(), [None, Some(30_000), Some(60_000)]);
    let part = out.path().join("cifar-10-binary.tar.gz.part");
    assert_eq!(fs::read(&part).unwrap(), &content[..90_000]);
    let server = Server::new(content.clone(), &[Answer::Range]);
    fetch(&server, out.path(), &content).unwrap();
    assert_complete(out.path());
    assert_eq!(server.ranges(), [Some(90_000)]);
}

#[test]
fn a_part_that_is_whole_is_not_fetched_again() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    fs::write(out.path().join("cifar-10-binary.tar.gz.part"), &content).unwrap();
    let server = Server::new(content.clone(), &[Answer::Range]);
    fetch(&server, out.path(), &content).unwrap();
    assert_complete(out.path());
}

#[test]
fn servers_without_ranges_send_the_whole_again() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    fs::write(
        out.path().join("cifar-10-binary.tar.gz.part"),
        b"something else",
    )
    .unwrap();
    let server = Server::new(content.clone(), &[Answer::Whole]);
    fetch(&server, out.path(), &content).unwrap();
    assert_complete(out.path());
    assert_eq!(server.ranges(), [Some(14)]);
}

#[test]
fn another_range_than_asked_for_is_not_appended() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    fs::write(
        out.path().join("cifar-10-binary.tar.gz.part"),
        &content[..5000],
    )
    .unwrap();
    let server = Server::new(content.clone(), &[Answer::Elsewhere, Answer::Range]);
    fetch(&server, out.path(), &content).unwrap();
    assert_complete(out.path());
    assert_eq!(server.ranges(), [Some(5000), None]);
}

#[test]
fn a_part_longer_than_the_file_starts_anew() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    let part = out.path().join("cifar-10-binary.tar.gz.part");
    fs::write(part, content.repeat(2)).unwrap();
    let server = Server::new(content.clone(), &[Answer::Range]);
    fetch(&server, out.path(), &content).unwrap();
    assert_complete(out.path());
}

#[test]
fn wrong_bytes_are_removed_and_nothing_is_unpacked() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    let mut damaged = content.clone();
    damaged[1000] ^= 1;
    let server = Server::new(damaged.clone(), &[Answer::Range]);
    let error = fetch(&server, out.path(), &content).unwrap_err();
    let FetchError::Digest { found, need, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!((found, need), (&sha256(&damaged), &sha256(&content)));
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
}

#[test]
fn refusals_of_servers_are_told() {
    let (out, content) = (tempfile::tempdir().unwrap(), archive());
    let gone = Server::new(content.clone(), &[Answer::Status(404)]);
    let error = fetch(&gone, out.path(), &content).unwrap_err();
    assert!(
        matches!(error, FetchError::Status { status: 404, .. }),
        "{error}"
    );
    assert_eq!(
        gone.ranges().len(),
        1,
        "a missing file is not asked for again"
    );
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    let busy = Server::new(content.clone(), &[Answer::Status(503), Answer::Range]);
    fetch(&busy, out.path(), &content).unwrap();
    assert_complete(out.path());
}

#[test]
fn files_that_are_published_have_their_size() {
    let out = tempfile::tempdir().unwrap();
    let server = Server::new(vec![0; 5000], &[Answer::Range]);
    let base = server.url.trim_end_matches("file.tar.gz").to_string();
    let mut request = Fetch {
        set: Published::Mnist,
        out: out.path().to_path_buf(),
        url: Some(base),
        sha256: None,
    };
    // The first file is larger, so its bytes are counted only by the digest; labels of 4542 bytes are not.
    let error = request.run(&|_| {}).unwrap_err();
    assert!(matches!(error, FetchError::Digest { .. }), "{error}");
    for name in ["train-images", "t10k-images"] {
        fs::write(out.path().join(format!("mnist/{name}-idx3-ubyte.gz")), []).unwrap();
    }
    fs::write(out.path().join("mnist/train-labels-idx1-ubyte.gz"), []).unwrap();
    let error = request.run(&|_| {}).unwrap_err();
    assert!(
        matches!(
            error,
            FetchError::TooLarge {
                bytes: 5000,
                limit: 4542,
                ..
            }
        ),
        "{error}"
    );
    request.sha256 = Some("0".repeat(64));
    assert!(matches!(request.run(&|_| {}), Err(FetchError::ManyDigests)));
    request.set = Published::Cifar10;
    request.sha256 = Some("0".repeat(63));
    assert!(matches!(
        request.run(&|_| {}),
        Err(FetchError::NoDigest { .. })
    ));
}

/// An archive of one entry whose name is written as it is, unlike what `tar` would write.
fn archive_of(name: &str, kind: tar::EntryType, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut tar = tar::Builder::new(GzEncoder::new(vec![], Compression::fast()));
    tar.append(&header, bytes).unwrap();
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn nothing_leaves_the_folder() {
    use tar::EntryType;
    let around = tempfile::tempdir().unwrap();
    let out = around.path().join("out");
    for (name, kind) in [
        ("../escaped", EntryType::Regular),
        ("cifar-10-batches-bin/../../escaped", EntryType::Regular),
        ("/tmp/escaped-by-an-absolute-path", EntryType::Regular),
        ("cifar-10-batches-bin/link", EntryType::Symlink),
        ("cifar-10-batches-bin/link", EntryType::Link),
        ("cifar-10-batches-bin/pipe", EntryType::Fifo),
    ] {
        let content = archive_of(name, kind, b"");
        let server = Server::new(content.clone(), &[Answer::Range]);
        let error = fetch(&server, &out, &content).unwrap_err();
        assert!(
            matches!(&error, FetchError::Entry { entry, .. } if entry == name),
            "{error}"
        );
        assert!(!around.path().join("escaped").exists());
        assert!(!out.join("cifar-10-batches-bin").exists());
    }
    let other = archive_of("elsewhere/test_batch.bin", EntryType::Regular, b"1");
    for content in [other, archive()[..90_000].to_vec(), b"no archive".to_vec()] {
        let server = Server::new(content.clone(), &[Answer::Range]);
        let error = fetch(&server, &out, &content).unwrap_err();
        assert!(matches!(error, FetchError::Archive { .. }), "{error}");
        assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
    }
}
