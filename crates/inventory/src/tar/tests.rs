//! Archives of other writers, cut and damaged ones.
