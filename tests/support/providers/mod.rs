//! Providers that remember: little servers that speak a provider's own interface,
//! keep what they were sent, and give back what people answer.

pub mod jsm;
pub mod matrix;
pub mod modem;
pub mod ntfy;
pub mod pagerduty;
pub mod pushover;
mod serving;
pub mod slack;
pub mod slack_socket;
pub mod telegram;
pub mod twilio;
