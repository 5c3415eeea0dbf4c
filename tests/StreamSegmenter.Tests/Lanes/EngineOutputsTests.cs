using StreamSegmenter.Engine.Outputs;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>What observers of the outputs can rely on.</summary>
public sealed class EngineOutputsTests
{
    private readonly EngineOutputs _outputs = new();
    private readonly List<string> _seen = [];
    private readonly List<string> _reports = [];

    public EngineOutputsTests() => _outputs.Report = _reports.Add;

    [Fact]
    public void Each_of_the_six_outputs_reaches_its_observers_and_completes()
    {
        var completed = 0;
        Observe(_outputs.CartAbandoned);
        Observe(_outputs.SuppressedTriggers);
        Observe(_outputs.MembershipChanges);
        Observe(_outputs.ConversionPanes);
        Observe(_outputs.DeadLetters);
        Observe(_outputs.LateEvents);

        var outbox = Letters("first");
        outbox.LateEvents.Add(new LateEvent("orders", 0, 1, "ann", "product_viewed", 1, 2));
        _outputs.Publish(outbox);
        Assert.Equal(["DeadLetter", "LateEvent"], _seen);
        Assert.Equal(0, completed);

        _outputs.Complete();
        Assert.Equal(6, completed);

        void Observe<T>(IObservable<T> output) => output.Subscribe(value => _seen.Add(value!.GetType().Name), () => completed++);
    }

    [Fact]
    public void An_observer_that_throws_is_unsubscribed_and_reported_while_the_others_get_everything()
    {
        var calls = 0;
        _outputs.DeadLetters.Subscribe(letter => _seen.Add("before " + letter.Reason));
        _outputs.DeadLetters.Subscribe(_ =>
        {
            calls++;
            throw new InvalidOperationException("my own mistake");
        });
        _outputs.DeadLetters.Subscribe(letter => _seen.Add("after " + letter.Reason));

        _outputs.Publish(Letters("first", "second"));

        Assert.Equal(["before first", "after first", "before second", "after second"], _seen);
        Assert.Equal(1, calls);
        Assert.Equal("my own mistake", Assert.Single(_outputs.Failures).Message);
        Assert.Equal(
            ["an observer of DeadLetters threw and is unsubscribed: InvalidOperationException: my own mistake"], _reports);
    }

    [Fact]
    public void An_observer_that_throws_at_the_end_keeps_no_other_from_completing()
    {
        _outputs.LateEvents.Subscribe(_ => { }, () => throw new InvalidOperationException("at the end"));
        _outputs.LateEvents.Subscribe(_ => { }, () => _seen.Add("completed"));

        _outputs.Complete();

        Assert.Equal(["completed"], _seen);
        Assert.Single(_outputs.Failures);
    }

    [Fact]
    public void Who_unsubscribes_gets_nothing_more()
    {
        var subscription = _outputs.DeadLetters.Subscribe(letter => _seen.Add(letter.Reason));
        _outputs.Publish(Letters("first"));
        subscription.Dispose();
        _outputs.Publish(Letters("second"));
        _outputs.Complete();

        Assert.Equal(["first"], _seen);
    }

    [Fact]
    public void Who_subscribes_after_the_end_is_completed_at_once()
    {
        _outputs.Complete();
        _outputs.DeadLetters.Subscribe(_ => { }, () => _seen.Add("completed"));

        Assert.Equal(["completed"], _seen);
    }

    private static Outbox Letters(params string[] reasons)
    {
        var outbox = new Outbox();
        outbox.DeadLetters.AddRange(reasons.Select(reason => new DeadLetter("orders", 0, 1, reason, default, default)));
        return outbox;
    }
}
