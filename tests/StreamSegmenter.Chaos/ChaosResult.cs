namespace StreamSegmenter.Chaos;

/// <summary>How a chaos run went.</summary>
/// <param name="Faults">How often each was done.</param>
/// <param name="Phases">What the engine said of itself when it was killed.</param>
/// <param name="HalfCommits">Kills that left lines in the changelog behind the last complete commit.</param>
/// <param name="Starts">Of all processes.</param>
/// <param name="StartsWithCheckpoints">Of those, the ones that found checkpoints to go on from.</param>
/// <param name="OwnExits">Processes that ended by themselves, with their last words.</param>
/// <param name="TimesToReady">By fault, how long instances were not ready.</param>
/// <param name="LongestTimes">What instances reported while they were not ready for longest.</param>
/// <param name="Replacements">Kafka clients that were replaced, in their lanes' words.</param>
/// <param name="Events">Records of the input.</param>
internal sealed record ChaosResult(
    IReadOnlyDictionary<string, int> Faults, IReadOnlyDictionary<string, int> Phases, int HalfCommits,
    int Starts, int StartsWithCheckpoints, IReadOnlyList<string> OwnExits, IReadOnlyList<string> TimesToReady,
    IReadOnlyList<string> LongestTimes, IReadOnlyList<string> Replacements, TimeSpan Lasted, long Events, int Outputs, int Triggers, int MembershipChanges, int Repeated,
    int CustomersCompared, Differences Differences)
{
    public bool IsGood => Differences.Count == 0;

    public void Write(TextWriter to)
    {
        to.WriteLine($"lasted        {Lasted.TotalSeconds:0} s");
        to.WriteLine($"faults        {Faults.Values.Sum()}: {Text(Faults)}");
        to.WriteLine($"killed while  {Text(Phases)}; {HalfCommits} kills left a commit half written");
        to.WriteLine($"starts        {Starts}, {StartsWithCheckpoints} of them with checkpoints");
        to.WriteLine($"ended itself  {OwnExits.Count} times{string.Concat(OwnExits.Select(words => Environment.NewLine + "              " + words))}");
        to.WriteLine($"time to ready {string.Join(Environment.NewLine + "              ", TimesToReady)}");
        to.WriteLine($"longest       {string.Join(Environment.NewLine + "              ", LongestTimes)}");
        to.WriteLine($"replaced      {Replacements.Count} Kafka clients{string.Concat(Replacements.Select(words => Environment.NewLine + "              " + words))}");
        to.WriteLine($"events        {Events:N0} in the input");
        to.WriteLine($"outputs       {Outputs:N0} records: {Triggers:N0} different triggers, {MembershipChanges:N0} membership changes; "
            + $"{Repeated:N0} records are repetitions of equal ones");
        to.WriteLine($"state         {CustomersCompared} customers compared");
        to.WriteLine($"differences   {Differences.Count}");
        foreach (var kind in Differences.Summary())
        {
            to.WriteLine("  " + kind);
        }

        foreach (var difference in Differences.Shown)
        {
            to.WriteLine("  " + difference);
        }
    }

    private static string Text(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));
}
