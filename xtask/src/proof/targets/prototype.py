"""Describes a directory as `mkfs.xfs -p` wants it; names with spaces, which it cannot say, are left out."""
import os, stat, sys


def describe(directory):
    for name in sorted(os.listdir(directory)):
        path = f"{directory}/{name}"
        mode = os.lstat(path).st_mode
        if " " in path:
            continue
        bits = f"{'u' if mode & stat.S_ISUID else '-'}{'g' if mode & stat.S_ISGID else '-'}{mode & 0o777:03o} 0 0"
        if stat.S_ISLNK(mode):
            print(f"{name} l--777 0 0 {os.readlink(path)}")
        elif stat.S_ISDIR(mode):
            print(f"{name} d{bits}")
            describe(path)
            print("$")
        elif stat.S_ISREG(mode):
            print(f"{name} -{bits} {path}")


print("/\n0 0\nd--755 0 0")
describe(sys.argv[1])
print("$")
