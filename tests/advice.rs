//! Step 1's advice, held to what others call right, and to itself.

#[path = "advice/order.rs"]
mod order;
#[path = "advice/situations.rs"]
mod situations;
