// Starts the page, and gets it going again when the engine was away: the connection is tried until it comes back, and a page whose
// engine was restarted is loaded anew.
(() => {
  const modal = document.getElementById('components-reconnect-modal');
  const reloadWhenThere = async () => {
    for (;;) {
      try {
        const answer = await fetch('/healthz', { cache: 'no-store' });
        if (answer.status === 200 || answer.status === 503) {
          location.reload();
          return;
        }
      } catch { /* not there yet */ }
      await new Promise(resume => setTimeout(resume, 1000));
    }
  };
  modal?.addEventListener('components-reconnect-state-changed', change => {
    if (change.detail.state === 'rejected' || change.detail.state === 'failed') {
      reloadWhenThere();
    }
  });
  Blazor.start({ circuit: { reconnectionOptions: { maxRetries: 600, retryIntervalMilliseconds: 1000 } } });
})();
