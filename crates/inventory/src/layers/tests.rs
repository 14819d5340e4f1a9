//! Stacked layers against a naive file system.
