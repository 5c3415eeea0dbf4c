using System.Reactive.Subjects;
using StreamSegmenter.Conversions;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Engine.Pipeline;

/// <summary>What the engine emits, as observables: for those who embed it, for the console and for tests. Each output appears
/// once its commit succeeded, on the thread of the lane that made it; outputs of several lanes interleave but never
/// overlap. An observer that is slow holds the lane up: hand over to a queue of your own, with a bound of your own.</summary>
public sealed class EngineOutputs : IDisposable
{
    private readonly Subject<CartAbandoned> _cartAbandoned = new();
    private readonly Subject<MembershipChange> _membershipChanges = new();
    private readonly Subject<ConversionPane> _conversionPanes = new();
    private readonly Lock _publishing = new();

    public IObservable<CartAbandoned> CartAbandoned => _cartAbandoned;

    public IObservable<MembershipChange> MembershipChanges => _membershipChanges;

    public IObservable<ConversionPane> ConversionPanes => _conversionPanes;

    public void Dispose()
    {
        _cartAbandoned.Dispose();
        _membershipChanges.Dispose();
        _conversionPanes.Dispose();
    }

    internal void Publish(Outbox outbox)
    {
        lock (_publishing)
        {
            Publish(outbox.CartAbandoned, _cartAbandoned);
            Publish(outbox.MembershipChanges, _membershipChanges);
            Publish(outbox.ConversionPanes, _conversionPanes);
        }
    }

    private static void Publish<T>(List<T> outputs, Subject<T> subject)
    {
        if (!subject.HasObservers)
        {
            return;
        }

        foreach (var output in outputs)
        {
            subject.OnNext(output);
        }
    }
}
