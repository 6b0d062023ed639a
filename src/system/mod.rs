//! The system that is simulated: who its providers are, what history imposes on them, how they
//! behave, and the folder of text files (the system pack) all this is read from.

pub mod pack;
pub mod parameters;
pub mod providers;
