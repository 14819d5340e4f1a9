//! Passes over hostile and odd trees.
