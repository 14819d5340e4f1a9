//! Turns an inventory and advisories into detections; same input, same output.
