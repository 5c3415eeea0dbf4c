using System.Reactive.Subjects;

namespace StreamSegmenter.Engine.Outputs;

/// <summary>One output. Its observers are independent of each other: one that throws is unsubscribed alone.</summary>
internal sealed class OutputStream<T>(string name, Action<string, Exception> fail) : IObservable<T>
{
    private readonly Subject<T> _outputs = new();

    public IDisposable Subscribe(IObserver<T> observer)
    {
        var guarded = new GuardedObserver(observer, thrown => fail(name, thrown));
        guarded.Begin(_outputs);
        return guarded;
    }

    public void Publish(List<T> outputs)
    {
        if (!_outputs.HasObservers)
        {
            return;
        }

        foreach (var output in outputs)
        {
            _outputs.OnNext(output);
        }
    }

    public void Complete() => _outputs.OnCompleted();

    /// <summary>Between the subject and an observer, so that the subject's other observers never see what this one throws.</summary>
    private sealed class GuardedObserver(IObserver<T> observer, Action<Exception> fail) : IObserver<T>, IDisposable
    {
        private volatile bool _isDone;

        private IDisposable? _subscription;

        public void Begin(IObservable<T> outputs)
        {
            _subscription = outputs.Subscribe(this);
            if (_isDone)
            {
                // It threw, or all was over, before it was known by what to unsubscribe it.
                _subscription.Dispose();
            }
        }

        public void OnNext(T value)
        {
            if (!_isDone)
            {
                Guard(static (observer, value) => observer.OnNext(value), value);
            }
        }

        public void OnCompleted()
        {
            if (!_isDone)
            {
                _isDone = true;
                Guard(static (observer, _) => observer.OnCompleted(), default!);
            }
        }

        // Outputs never fail.
        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            _isDone = true;
            _subscription?.Dispose();
        }

        private void Guard(Action<IObserver<T>, T> notify, T value)
        {
            try
            {
                notify(observer, value);
            }
            catch (Exception e)
            {
                Dispose();
                fail(e);
            }
        }
    }
}
