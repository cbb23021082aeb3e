//! One line that says what a long run is doing. A run that is over within a second prints nothing.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Nobody wonders before.
const SILENCE: Duration = Duration::from_secs(1);
/// How often the line is written anew.
const PACE: Duration = Duration::from_millis(200);

/// The line. It is gone when this is dropped.
#[derive(Debug, Default)]
pub(super) struct Progress {
    what: Arc<Mutex<String>>,
    writer: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// On standard error, if somebody may be watching it.
    pub fn on_terminal() -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        match io::stderr().is_terminal() && !is_dumb && !is_set("CI") {
            true => Self::to(io::stderr(), SILENCE),
            false => Self::default(),
        }
    }

    fn to(out: impl Write + Send + 'static, silence: Duration) -> Self {
        let what = Arc::<Mutex<String>>::default();
        let (stop, stopped) = mpsc::channel();
        let told = what.clone();
        let wait = move |time| match stopped.recv_timeout(time) {
            Err(RecvTimeoutError::Timeout) => true,
            Ok(()) | Err(RecvTimeoutError::Disconnected) => false,
        };
        let writer = thread::Builder::new().spawn(move || {
            // Who cannot be told is not told.
            let _ = write(out, &told, silence, wait);
        });
        Self {
            what,
            writer: writer.ok().map(|writer| (stop, writer)),
        }
    }

    /// Says what is being done from now on.
    pub fn now(&self, what: impl Into<String>) {
        *self.what.lock().unwrap_or_else(PoisonError::into_inner) = what.into();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, writer)) = self.writer.take() {
            drop(stop);
            // It has nothing to tell but that it is done.
            let _ = writer.join();
        }
    }
}

/// Writes the line again and again, for as long as `wait` says to go on.
fn write(
    mut out: impl Write,
    what: &Mutex<String>,
    silence: Duration,
    wait: impl Fn(Duration) -> bool,
) -> io::Result<()> {
    let begun = Instant::now();
    let mut width = 0;
    let mut time = silence;
    while wait(time) {
        let what = what.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let line = format!("docklint: {what} … {} s", begun.elapsed().as_secs());
        // Blanks, for not every terminal knows how to erase.
        write!(out, "\r{line:width$}")?;
        out.flush()?;
        width = line.chars().count();
        time = PACE;
    }
    if width > 0 {
        write!(out, "\r{:width$}\r", "")?;
        out.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(times: usize) -> String {
        let what = Mutex::new("reading".to_owned());
        let left = std::cell::Cell::new(times);
        let mut out = Vec::new();
        let wait = |_| {
            left.get()
                .checked_sub(1)
                .map(|less| left.set(less))
                .is_some()
        };
        write(&mut out, &what, SILENCE, wait).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_short_run_says_nothing() {
        assert_eq!(written(0), "");
    }

    #[test]
    fn a_long_run_has_one_line_that_goes_away() {
        let line = "docklint: reading … 0 s";
        let blank = " ".repeat(line.chars().count());
        assert_eq!(written(2), format!("\r{line}\r{line}\r{blank}\r"));
    }

    #[test]
    fn it_ends_when_it_is_dropped() {
        let progress = Progress::to(io::sink(), Duration::from_secs(3600));
        progress.now("waiting");
        drop(progress);
    }
}
