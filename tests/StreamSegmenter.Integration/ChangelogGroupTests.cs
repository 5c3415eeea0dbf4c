namespace StreamSegmenter.Integration;

/// <summary>A changelog belongs to the group that commits into it.</summary>
public sealed class ChangelogGroupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public void Another_group_on_a_changelog_is_refused_with_both_named_unless_it_takes_over()
    {
        using var shop = new RunningShop();
        Serve(shop, shop.Topics.Group);

        Refused(shop, group: "renamed", owner: shop.Topics.Group, "--set", "kafka.group=renamed");
        Refused(shop, group: "renamed", owner: shop.Topics.Group, "--set", "kafka.group=renamed", "--set", "kafka.previousGroup=mistyped");

        Serve(shop, "renamed", "--set", "kafka.group=renamed", "--set", $"kafka.previousGroup={shop.Topics.Group}");
        Refused(shop, group: shop.Topics.Group, owner: "renamed");
        Serve(shop, "renamed", "--set", "kafka.group=renamed");
    }

    // Until every partition has a commit of the group.
    private static void Serve(RunningShop shop, string group, params string[] more)
    {
        using var engine = shop.StartEngine(more);
        Wait.Until(() => engine.Readiness() == "ready", Patience, engine);
        var before = shop.Committed(group);
        Wait.Until(() => shop.Committed(group).Zip(before).All(offsets => offsets.First > offsets.Second), Patience, engine);
        engine.Terminate();
        Assert.True(engine.WaitForExit(TimeSpan.FromSeconds(20)), "it does not end within its deadline");
        Assert.True(engine.ExitCode == 0, engine.Said);
    }

    private static void Refused(RunningShop shop, string group, string owner, params string[] more)
    {
        using var engine = shop.StartEngine(more);
        Assert.True(engine.WaitForExit(Patience), "it is not refused");
        Assert.True(engine.ExitCode == 1, engine.Said);
        Assert.Contains($"of the changelog belongs to group '{owner}', and this engine is of group '{group}'", engine.Said, StringComparison.Ordinal);
        Assert.Contains($"kafka.previousGroup: {owner}", engine.Said, StringComparison.Ordinal);
    }
}
