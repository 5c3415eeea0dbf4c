namespace StreamSegmenter.Integration;

/// <summary>Two processes under one <c>kafka.instance</c>, with the broker's own group protocol: the broker refuses the second for as long
/// as the first's session lasts, alive or killed.</summary>
public sealed class InstanceNameTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Who_comes_under_a_name_that_is_held_says_so_waits_and_takes_over_when_it_is_free()
    {
        TestBroker.RequireReal();
        using var shop = new RunningShop();
        string[] named = ["--set", "kafka.instance=same", "--set", "kafka.groupProtocol=consumer"];
        using var first = shop.StartEngine(named);
        Wait.Until(() => first.Readiness() == "ready" && shop.LagBelow(2_000), Patience, first);

        using var second = shop.StartEngine(named);
        Wait.Until(() => second.Said.Contains("still keeps the name 'same' (kafka.instance)", StringComparison.Ordinal), Patience, second);
        Assert.NotEqual("ready", second.Readiness());
        first.Terminate();
        Assert.True(first.WaitForExit(Patience), first.Said);

        Wait.Until(() => second.Readiness() == "ready", Patience, second);
        Assert.Equal("", shop.CompareWithReplay(second, Patience));
    }
}
