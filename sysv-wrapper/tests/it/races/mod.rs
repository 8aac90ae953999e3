//! Sixty-four processes race to create or open the same object, a thousand times. Now and then the creator is
//! killed half-way. The semaphore and the segment each have a file; `arena` runs the rounds.

mod arena;
mod segment;
mod semaphore;
