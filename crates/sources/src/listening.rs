//! Who listens on the ports of the running system, read from `/proc`; nothing is executed.

mod owners;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
};

/// Sockets, processes and open files that are looked at.
const MOST_SOCKETS: usize = 65_536;
const MOST_PROCESSES: usize = 32_768;
const MOST_FILES: usize = 1 << 20;
/// Bytes of one file that are read.
const LONGEST: u64 = 16 << 20;

/// UDP ports from here on belong to clients that wait for an answer (`ip_local_port_range`).
const FIRST_CLIENT_PORT: u16 = 32_768;

/// A process that waits for packets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listening {
    /// `TCP` or `UDP`.
    pub protocol: &'static str,
    pub port: u16,
    pub address: IpAddr,
    /// The process's name; empty if its files may not be looked at.
    pub process: String,
    /// The package that owns the program, where dpkg's, apk's or rpm's database lists it.
    pub package: Option<String>,
}

/// A socket of a table below `/proc/net`.
#[derive(Debug, PartialEq, Eq)]
struct Socket {
    address: IpAddr,
    port: u16,
    inode: u64,
}

/// Everything that listens on other addresses than the loopback ones.
///
/// `proc` is `/proc`, and package databases are below `root`.
///
/// # Errors
///
/// When the tables of sockets cannot be read; processes that end meanwhile are passed over.
pub fn listening(proc: &Path, root: &Path) -> io::Result<Vec<Listening>> {
    let mut sockets = Vec::new();
    for (table, protocol) in [
        ("tcp", "TCP"),
        ("tcp6", "TCP"),
        ("udp", "UDP"),
        ("udp6", "UDP"),
    ] {
        let path = proc.join("net").join(table);
        let text = match read(&path) {
            Ok(text) => text,
            // A kernel without IPv6 has no table for it.
            Err(error) if error.kind() == io::ErrorKind::NotFound && table.ends_with('6') => {
                continue;
            }
            Err(error) => return Err(error),
        };
        let lines = text.lines().skip(1).take(MOST_SOCKETS);
        let found = lines.filter_map(|line| socket(line, protocol == "TCP"));
        sockets.extend(found.map(|socket| (protocol, socket)));
    }
    let wanted: BTreeSet<u64> = sockets.iter().map(|(_, socket)| socket.inode).collect();
    let holders = holders(proc, &wanted);
    let programs = holders.values().filter_map(|(_, program)| program.clone());
    let owners = owners::of(root, &programs.collect());
    let mut all: Vec<Listening> = sockets
        .into_iter()
        .map(|(protocol, socket)| {
            let (process, program) = holders.get(&socket.inode).cloned().unwrap_or_default();
            Listening {
                protocol,
                port: socket.port,
                address: socket.address,
                process,
                package: program.and_then(|program| owners.get(&program).cloned()),
            }
        })
        .collect();
    all.sort();
    all.dedup();
    Ok(all)
}

fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A line of a table, if its socket waits for packets from elsewhere (proc(5), `/proc/net/tcp`).
fn socket(line: &str, is_tcp: bool) -> Option<Socket> {
    let mut fields = line.split_ascii_whitespace();
    let (local, remote, state) = (fields.nth(1)?, fields.next()?, fields.next()?);
    let inode = fields.nth(5)?.parse().ok()?;
    let waits = if is_tcp {
        state == "0A"
    } else {
        remote.ends_with(":0000")
    };
    let (address, port) = local.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let address = address_of(address)?;
    let is_client = !is_tcp && port >= FIRST_CLIENT_PORT;
    (waits && !address.is_loopback() && !is_client && port > 0).then_some(Socket {
        address,
        port,
        inode,
    })
}

/// Words of 32 bits as the machine's memory has them.
fn address_of(text: &str) -> Option<IpAddr> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(8) || !bytes.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut octets = Vec::with_capacity(16);
    for word in bytes.chunks(8) {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        octets.extend(word.to_ne_bytes());
    }
    match octets.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?).into()),
        16 => {
            let six = Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?);
            Some(six.to_ipv4_mapped().map_or(IpAddr::V6(six), IpAddr::V4))
        }
        _ => None,
    }
}

/// The name and program of the processes that hold sockets, by inode.
fn holders(proc: &Path, wanted: &BTreeSet<u64>) -> BTreeMap<u64, (String, Option<String>)> {
    let mut found = BTreeMap::new();
    let mut left = MOST_FILES;
    let Ok(entries) = fs::read_dir(proc) else {
        return found;
    };
    let is_process = |name: &str| name.bytes().all(|b| b.is_ascii_digit());
    let names = entries.flatten().map(|entry| entry.file_name());
    let names = names
        .filter_map(|name| name.into_string().ok())
        .filter(|name| is_process(name));
    let mut numbers: Vec<u64> = names.filter_map(|name| name.parse().ok()).collect();
    // The oldest process of several that share a socket opened it.
    numbers.sort_unstable();
    for number in numbers.into_iter().take(MOST_PROCESSES) {
        let own = proc.join(number.to_string());
        let Ok(files) = fs::read_dir(own.join("fd")) else {
            continue;
        };
        for file in files.flatten() {
            left = left.saturating_sub(1);
            if left == 0 || found.len() == wanted.len() {
                return found;
            }
            let Ok(target) = fs::read_link(file.path()) else {
                continue;
            };
            let inode = target.to_str().and_then(|text| {
                text.strip_prefix("socket:[")?
                    .strip_suffix(']')?
                    .parse()
                    .ok()
            });
            let Some(inode) = inode.filter(|inode| wanted.contains(inode)) else {
                continue;
            };
            found.entry(inode).or_insert_with(|| {
                let name = read(&own.join("comm")).unwrap_or_default();
                let program = fs::read_link(own.join("exe")).ok();
                let program = program.and_then(|path| path.to_str().map(str::to_owned));
                let program = program.map(|path| path.trim_end_matches(" (deleted)").to_owned());
                (name.trim().to_owned(), program)
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::{fs, net::TcpListener, os::unix::fs::symlink, path::Path};

    use super::{listening, socket};

    #[test]
    fn sockets_that_wait_are_told_from_others() {
        let rows = [
            (
                "0: 00000000:0016 00000000:0000 0A 0:0 00:0 0 0 0 11 1",
                true,
                Some("0.0.0.0:22"),
            ),
            (
                "0: 0100007F:0016 00000000:0000 0A 0:0 00:0 0 0 0 11 1",
                true,
                None,
            ),
            (
                "0: 5B00000A:0016 00000000:0000 01 0:0 00:0 0 0 0 11 1",
                true,
                None,
            ),
            (
                "0: 5B00000A:0016 00000000:0000 0A 0:0 00:0 0 0 0 11 1",
                true,
                Some("10.0.0.91:22"),
            ),
            (
                "0: 00000000:0035 00000000:0000 07 0:0 00:0 0 0 0 11 1",
                false,
                Some("0.0.0.0:53"),
            ),
            (
                "0: 00000000:0035 0100007F:0035 01 0:0 00:0 0 0 0 11 1",
                false,
                None,
            ),
            (
                "0: 00000000:C350 00000000:0000 07 0:0 00:0 0 0 0 11 1",
                false,
                None,
            ),
            (
                "0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 11 1",
                true,
                Some(":::443"),
            ),
            ("0: 00:0016 00:0000 0A 0:0 00:0 0 0 0 11 1", true, None),
            ("", true, None),
        ];
        for (line, is_tcp, expected) in rows {
            let found = socket(line, is_tcp).map(|s| format!("{}:{}", s.address, s.port));
            // Addresses are in the order of this machine's memory, and so are these lines on most.
            if cfg!(target_endian = "little") {
                assert_eq!(found.as_deref(), expected, "{line}");
            }
        }
    }

    #[test]
    fn a_process_is_found_with_its_package() {
        let made = tempfile::tempdir().expect("a directory");
        let (proc, root) = (made.path().join("proc"), made.path());
        fs::create_dir_all(proc.join("7/fd")).expect("a process");
        fs::create_dir_all(proc.join("net")).expect("tables");
        let table = "head\n0: 00000000:0016 00000000:0000 0A 0:0 00:0 0 0 0 11 1\n";
        for name in ["tcp", "udp"] {
            fs::write(proc.join("net").join(name), table).expect("a table");
        }
        fs::write(proc.join("7/comm"), "sshd\n").expect("a name");
        symlink("/usr/sbin/sshd", proc.join("7/exe")).expect("a program");
        symlink("socket:[11]", proc.join("7/fd/3")).expect("a socket");
        let info = root.join("var/lib/dpkg/info");
        fs::create_dir_all(&info).expect("a database");
        fs::write(
            info.join("openssh-server:amd64.list"),
            "/.\n/usr/sbin/sshd\n",
        )
        .expect("a list");
        let found = listening(&proc, root).expect("tables");
        let told: Vec<_> = found
            .iter()
            .map(|l| (l.protocol, l.port, l.process.as_str(), l.package.as_deref()))
            .collect();
        let sshd = Some("openssh-server");
        assert_eq!(told, [("TCP", 22, "sshd", sshd), ("UDP", 22, "sshd", sshd)]);
        // Without dpkg's list, rpm's database is asked.
        fs::remove_dir_all(&info).expect("no lists");
        let database = concat!(env!("CARGO_MANIFEST_DIR"), "/../ecosystem/testdata/rpm/");
        fs::create_dir_all(root.join("var/lib/rpm")).expect("a database");
        for name in ["rpmdb.sqlite", "Packages.db", "Packages"] {
            let copied = root.join("var/lib/rpm").join(name);
            fs::copy(format!("{database}{name}"), &copied).expect("a database");
            fs::remove_file(proc.join("7/exe")).expect("a program");
            symlink("/usr/share/alpha/two", proc.join("7/exe")).expect("a program");
            let found = listening(&proc, root).expect("tables");
            let own = found.first().expect("a listener").package.as_deref();
            assert_eq!(own, Some("alpha"), "{name}");
            fs::remove_file(copied).expect("the database");
        }
        fs::remove_file(proc.join("net/tcp")).expect("the table");
        listening(&proc, root).expect_err("no table");
    }

    #[test]
    fn this_process_is_seen_to_listen() {
        let listener = TcpListener::bind("0.0.0.0:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let found = listening(Path::new("/proc"), Path::new("/")).expect("tables");
        let own = found.iter().find(|l| l.port == port && l.protocol == "TCP");
        assert!(own.is_some_and(|l| !l.process.is_empty()), "{found:?}");
    }
}
