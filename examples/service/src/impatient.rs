//! Connections whose other end must go on reading.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// A connection that breaks where nothing of an answer is taken for too long: who does not read would hold the
/// answer, and a place among the connections, for ever.
pub(crate) struct Impatient<S> {
    stream: S,
    patience: Duration,
    /// Until when something must be taken; none where nothing waits.
    end: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    pub(crate) fn new(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            end: None,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self {
            stream,
            patience,
            end,
        } = &mut *self;
        let written = Pin::new(stream).poll_write(context, bytes);
        if written.is_ready() {
            *end = None;
            return written;
        }
        let end = end.get_or_insert_with(|| Box::pin(sleep(*patience)));
        let late = |()| Err(io::ErrorKind::TimedOut.into());
        end.as_mut().poll(context).map(late)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::ready;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(200);

    /// Takes a byte after each pause.
    struct Slow {
        pause: Duration,
        next: Option<Pin<Box<Sleep>>>,
    }

    impl AsyncWrite for Slow {
        fn poll_write(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            let pause = self.pause;
            let next = self.next.get_or_insert_with(|| Box::pin(sleep(pause)));
            ready!(next.as_mut().poll(context));
            self.next = None;
            Poll::Ready(Ok(1))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// How the writes of some bytes end, one after the other.
    async fn written(pause: Duration, bytes: usize) -> io::Result<usize> {
        let mut stream = Impatient::new(Slow { pause, next: None }, PATIENCE);
        let mut written = 0;
        while written < bytes {
            written += poll_fn(|context| Pin::new(&mut stream).poll_write(context, b"a")).await?;
        }
        Ok(written)
    }

    #[tokio::test]
    async fn who_reads_slowly_is_waited_for() {
        assert_eq!(written(PATIENCE / 2, 5).await.unwrap(), 5);
    }

    #[tokio::test]
    async fn who_does_not_read_is_not() {
        let error = written(Duration::from_hours(1), 1).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
