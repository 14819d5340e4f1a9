//! What is open through load balancers: the front at the balancer, the back at its targets.

use crate::edges::Exposure;
use crate::engine::Engine;
use crate::filters::Protocol;

/// Everything that is or may be open through load balancers.
pub(crate) fn exposures(_engine: &mut Engine, _protocols: &[Protocol]) -> Vec<Exposure> {
    Vec::new()
}
