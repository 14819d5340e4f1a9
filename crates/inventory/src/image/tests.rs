//! Choosing among images and platforms.
