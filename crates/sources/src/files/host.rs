//! What a scan of the running system leaves out, and the kernel it runs.

use super::DirectoryTree;

/// File systems without installed software of their own, or on other machines.
const SKIPPED: &[&str] = &[
    "9p",
    "afs",
    "autofs",
    "beegfs",
    "binfmt_misc",
    "bpf",
    "ceph",
    "cgroup",
    "cgroup2",
    "cifs",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "glusterfs",
    "gpfs",
    "hugetlbfs",
    "lustre",
    "mqueue",
    "ncpfs",
    "nfs",
    "nfs4",
    "nsfs",
    "overlay",
    "proc",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "smb3",
    "smbfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "virtiofs",
];

/// Where container engines keep the file systems of images, which are targets of their own.
const CONTAINER_STORES: &[&str] = &[
    "var/lib/containerd",
    "var/lib/containers/storage",
    "var/lib/docker",
    "var/lib/rancher/k3s/agent/containerd",
];

/// Leaves out pseudo and network file systems and the stores of container engines.
pub(super) fn leave_out(tree: &mut DirectoryTree) {
    for path in ["proc", "sys", "dev"].iter().chain(CONTAINER_STORES) {
        tree.leave_out((*path).to_owned());
    }
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    for path in skipped_mounts(&String::from_utf8_lossy(&mounts)) {
        tree.leave_out(path);
    }
}

/// Mount points below the root of file systems that are left out (`proc_pid_mountinfo(5)`).
fn skipped_mounts(mountinfo: &str) -> Vec<String> {
    mountinfo
        .lines()
        .filter_map(|line| {
            let (before, after) = line.split_once(" - ")?;
            let kind = after.split(' ').next()?;
            let is_skipped = SKIPPED.contains(&kind) || kind.starts_with("fuse.");
            let point = before.split(' ').nth(4).filter(|_| is_skipped)?;
            let point = unescape(point);
            let point = point.trim_matches('/');
            (!point.is_empty()).then(|| point.to_owned())
        })
        .collect()
}

/// Undoes the octal escapes of blanks and backslashes.
fn unescape(text: &str) -> String {
    let mut out = text.to_owned();
    for (escape, plain) in [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ] {
        out = out.replace(escape, plain);
    }
    out
}

/// `uname -r`.
pub(super) fn running_kernel() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    Some(text.trim().to_owned()).filter(|release| !release.is_empty())
}

#[cfg(test)]
mod tests {
    use super::skipped_mounts;

    #[test]
    fn mounts_without_software_are_left_out() {
        let mountinfo = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            23 22 0:21 / /proc rw - proc proc rw\n\
            24 22 8:2 / /home rw shared:2 - xfs /dev/sda2 rw\n\
            25 22 0:40 / /mnt/my\\040share rw shared:3 - nfs4 server:/x rw\n\
            26 22 0:41 / /home/u/remote rw - fuse.sshfs u@h:/ rw\n";
        assert_eq!(
            skipped_mounts(mountinfo),
            ["proc", "mnt/my share", "home/u/remote"]
        );
    }
}
