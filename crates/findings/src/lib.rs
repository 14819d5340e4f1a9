//! Folds detections into vulnerabilities with severity, score, suppression and remedy.
