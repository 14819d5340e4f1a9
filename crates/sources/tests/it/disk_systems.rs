//! The inventory of an image is the inventory of the directory that it was made from.

use std::fs;
use std::path::Path;

use inventory::extractors::Extractors;
use lynkeus_sources::files::{Kind, Options, Scanned, scan_path};

use crate::disk_image::{blank, ext, put, run, text, xfs};

fn scan(path: &Path) -> Scanned {
    let extractors = Extractors::all();
    scan_path(path, &Options::new(&extractors)).unwrap()
}

/// Checks that an image has the inventory of a directory.
fn check(image: &Path, expected: &Scanned) {
    let scanned = scan(image);
    assert_eq!(scanned.kind, Kind::Disk);
    assert_eq!(scanned.inventory.os, expected.inventory.os);
    assert_eq!(scanned.inventory.problems, expected.inventory.problems);
    assert_eq!(scanned.inventory.complete, expected.inventory.complete);
    assert_eq!(scanned.inventory.packages, expected.inventory.packages);
}

/// Copies this system's package database and Python packages; false if it has none.
fn system(root: &Path) -> bool {
    if !Path::new("/var/lib/dpkg/status").exists() {
        assert!(std::env::var_os("CI").is_none(), "no dpkg here");
        println!("skipped: no dpkg here");
        return false;
    }
    fs::create_dir_all(root.join("usr/lib/python3")).unwrap();
    let script = "cd / && cp -a --parents usr/lib/os-release etc/os-release var/lib/dpkg/status \
                  var/lib/dpkg/info/*.list usr/lib/python3/dist-packages \"$0\" 2>/dev/null; true";
    run("sh", &["-c", script, text(root)]).unwrap();
    // Descriptions of file systems have no spaces in names.
    run("find", &[text(root), "-name", "* *", "-delete"]).unwrap();
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, root.join(name)).unwrap();
    };
    fs::create_dir_all(root.join("usr/bin")).unwrap();
    link("usr/bin", "bin");
    link("usr/lib", "lib");
    link("/usr/lib/python3", "opt");
    link(".", "usr/lib/here");
    let node = root.join("usr/share/nodejs/twice");
    fs::create_dir_all(&node).unwrap();
    fs::write(
        node.join("package.json"),
        r#"{"name":"twice","version":"1.0.0"}"#,
    )
    .unwrap();
    let second = root.join("srv/app/node_modules/twice");
    fs::create_dir_all(&second).unwrap();
    fs::hard_link(node.join("package.json"), second.join("package.json")).unwrap();
    true
}

#[test]
fn a_system_in_every_file_system() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    fs::create_dir_all(&root).unwrap();
    if !system(&root) {
        return;
    }
    let expected = scan(&root);
    assert!(expected.inventory.packages.len() > 50);
    let image = directory.path().join("image");
    for kind in ["ext4", "ext2"] {
        if ext(&image, &root, 512, &["-t", kind]).is_none() {
            return;
        }
        check(&image, &expected);
    }
    if xfs(&image, &root, &[]).is_some() {
        check(&image, &expected);
    }
}

#[test]
fn file_systems_are_mounted_where_fstab_says() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let whole = path("whole");
    fs::create_dir_all(&whole).unwrap();
    if !system(&whole) {
        return;
    }
    let fstab = "# a comment\n\
                 UUID=11111111-2222-4333-8444-555555555555 / ext4 defaults 0 1\n\
                 LABEL=data /var xfs defaults 0 2\n\
                 /dev/vda3 /srv ext4 defaults 0 2\n\
                 tmpfs /tmp tmpfs defaults 0 0\n";
    fs::write(whole.join("etc/fstab"), fstab).unwrap();
    let expected = scan(&whole);
    for name in ["var", "srv"] {
        fs::rename(whole.join(name), path(name)).unwrap();
        // What a mount covers is not seen.
        fs::create_dir_all(whole.join(name).join("lib/dpkg")).unwrap();
        let status = "Package: covered\nStatus: install ok installed\nVersion: 1\n";
        fs::write(whole.join(name).join("lib/dpkg/status"), status).unwrap();
    }
    fs::create_dir_all(path("other")).unwrap();
    let made = [
        ext(&path("other.image"), &path("other"), 8, &["-t", "ext2"]),
        ext(&path("root.image"), &whole, 384, &["-t", "ext4"]),
        ext(&path("srv.image"), &path("srv"), 8, &["-t", "ext4"]),
        xfs(&path("var.image"), &path("var"), &["-L", "data"]),
    ];
    if made.contains(&None) {
        return;
    }
    let disk = path("disk");
    for has_other in [false, true] {
        blank(&disk, 800);
        let table = "label: gpt\nsize=8M,type=uefi\nsize=384M\nsize=8M\nsize=320M\nsize=8M\n";
        fs::write(path("script"), table).unwrap();
        let command = format!("sfdisk -q {} < {}", text(&disk), text(&path("script")));
        if run("sh", &["-c", &command]).is_none() {
            return;
        }
        let mut start = 9 << 20;
        for (name, mib) in [("root", 384), ("srv", 8), ("var", 320), ("other", 8)] {
            if name != "other" || has_other {
                put(&path(&format!("{name}.image")), &disk, start);
            }
            start += mib << 20;
        }
        let scanned = scan(&disk);
        assert_eq!(scanned.inventory.os, expected.inventory.os);
        assert_eq!(scanned.inventory.packages, expected.inventory.packages);
        let problems: Vec<String> = scanned
            .inventory
            .problems
            .iter()
            .map(ToString::to_string)
            .filter(|problem| problem.starts_with("partition"))
            .collect();
        let what = if has_other {
            "partition 5: left out: the system's fstab does not mount this file system"
        } else {
            "partition 5: no known file system"
        };
        assert_eq!(problems, [what]);
        assert!(!scanned.inventory.complete);
    }
}
