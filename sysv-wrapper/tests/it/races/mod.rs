//! Sixty-four processes race to create or open the same object, a thousand times. In some rounds the creator is killed
//! during the initialisation. The semaphore and the segment each have a file; `arena` runs the rounds.

mod arena;
mod segment;
mod semaphore;
