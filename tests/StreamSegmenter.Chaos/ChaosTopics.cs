namespace StreamSegmenter.Chaos;

/// <summary>The topics and the group of one run, under names that no other has.</summary>
internal sealed record ChaosTopics(string Suffix)
{
    public string Group => "chaos-" + Suffix;

    public string Input => "chaos-storefront-" + Suffix;

    /// <summary>Another input, for tests that write one themselves.</summary>
    public string Spare => "chaos-spare-" + Suffix;

    public string Triggers => "chaos-triggers-" + Suffix;

    public string Suppressed => "chaos-suppressed-" + Suffix;

    public string Memberships => "chaos-memberships-" + Suffix;

    public string Metrics => "chaos-metrics-" + Suffix;

    public string DeadLetters => "chaos-dead-letters-" + Suffix;

    public string Late => "chaos-late-" + Suffix;

    public string Exchange => "chaos-exchange-" + Suffix;

    public string Definitions => "chaos-definitions-" + Suffix;

    public string Changelog => "chaos-changelog-" + Suffix;

    public IReadOnlyList<string> All => [Input, Spare, Triggers, Suppressed, Memberships, Metrics, DeadLetters, Late, Exchange, Definitions, .. Changelogs];

    /// <summary>Those that are compacted.</summary>
    public IReadOnlyList<string> Changelogs => [Changelog, SpareChangelog];

    /// <summary>Another changelog, for tests that fill one themselves.</summary>
    public string SpareChangelog => "chaos-spare-changelog-" + Suffix;

    public static ChaosTopics Unique() => new(Guid.NewGuid().ToString("N")[..8]);
}
