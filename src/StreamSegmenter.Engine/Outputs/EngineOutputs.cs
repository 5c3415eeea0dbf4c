using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Engine.Outputs;

/// <summary>What the engine emits, as observables.
/// <para><b>When.</b> An output is observed after its commit succeeded, so it is durable by then; what an aborted commit held is
/// not observed, and is observed once when it is done again. A process that dies between a commit and its observation has
/// written outputs that no observer saw: the topics are the truth, the observables are a view of them.</para>
/// <para><b>Where.</b> On the thread of the lane that made the output. Outputs of several lanes interleave but never overlap. A slow
/// observer holds the engine up: hand over to a queue of your own, with a bound of your own.</para>
/// <para><b>An observer that throws</b> is unsubscribed: it gets nothing more. Every other observer gets everything and the engine
/// goes on, since what was committed cannot be taken back; the exception is reported, see <see cref="Failures"/>.</para>
/// <para><b>The end.</b> All six complete when the engine has stopped, for whatever reason; none ever fails.</para></summary>
public sealed class EngineOutputs : IDisposable
{
    private readonly Lock _publishing = new();
    private readonly List<Exception> _failures = [];
    private readonly OutputStream<CartAbandoned> _cartAbandoned;
    private readonly OutputStream<SuppressedTrigger> _suppressedTriggers;
    private readonly OutputStream<MembershipChange> _membershipChanges;
    private readonly OutputStream<ConversionPane> _conversionPanes;
    private readonly OutputStream<DeadLetter> _deadLetters;
    private readonly OutputStream<LateEvent> _lateEvents;

    internal EngineOutputs()
    {
        _cartAbandoned = new(nameof(CartAbandoned), Fail);
        _suppressedTriggers = new(nameof(SuppressedTriggers), Fail);
        _membershipChanges = new(nameof(MembershipChanges), Fail);
        _conversionPanes = new(nameof(ConversionPanes), Fail);
        _deadLetters = new(nameof(DeadLetters), Fail);
        _lateEvents = new(nameof(LateEvents), Fail);
    }

    /// <summary>Triggers of cart-abandonment rules: emitted, retracted or recovered.</summary>
    public IObservable<CartAbandoned> CartAbandoned => _cartAbandoned;

    /// <summary>Triggers that fell due and were not sent, with the reason.</summary>
    public IObservable<SuppressedTrigger> SuppressedTriggers => _suppressedTriggers;

    /// <summary>Customers who entered or left a segment.</summary>
    public IObservable<MembershipChange> MembershipChanges => _membershipChanges;

    /// <summary>The conversion numbers of a window, each time that they changed.</summary>
    public IObservable<ConversionPane> ConversionPanes => _conversionPanes;

    /// <summary>Records that could not be read or applied, with the reason.</summary>
    public IObservable<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>Events that came later than <c>grace</c> allows.</summary>
    public IObservable<LateEvent> LateEvents => _lateEvents;

    /// <summary>What observers threw, the first thousand; each observer throws at most once.</summary>
    public IReadOnlyList<Exception> Failures
    {
        get
        {
            lock (_failures)
            {
                return [.. _failures];
            }
        }
    }

    /// <summary>Reports an observer that threw, as a sentence, on the lane's thread.</summary>
    internal Action<string>? Report { get; set; }

    void IDisposable.Dispose() => Complete();

    internal void Publish(Outbox outbox)
    {
        lock (_publishing)
        {
            _cartAbandoned.Publish(outbox.CartAbandoned);
            _suppressedTriggers.Publish(outbox.Suppressed);
            _membershipChanges.Publish(outbox.MembershipChanges);
            _conversionPanes.Publish(outbox.ConversionPanes);
            _deadLetters.Publish(outbox.DeadLetters);
            _lateEvents.Publish(outbox.LateEvents);
        }
    }

    /// <summary>Nothing more will be emitted.</summary>
    internal void Complete()
    {
        lock (_publishing)
        {
            _cartAbandoned.Complete();
            _suppressedTriggers.Complete();
            _membershipChanges.Complete();
            _conversionPanes.Complete();
            _deadLetters.Complete();
            _lateEvents.Complete();
        }
    }

    private void Fail(string output, Exception thrown)
    {
        const int FailuresMax = 1000;
        lock (_failures)
        {
            if (_failures.Count < FailuresMax)
            {
                _failures.Add(thrown);
            }
        }

        Report?.Invoke($"an observer of {output} threw and is unsubscribed: {thrown.GetType().Name}: {thrown.Message}");
    }
}
