using System.Globalization;
using StreamSegmenter.Chaos;

namespace StreamSegmenter.Integration;

/// <summary>The real process under load, killed again and again, with the broker in a process of its own; what it wrote is held
/// against a replay of the same input.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string KillsVariable = "STREAMSEGMENTER_TEST_KILLS";
    private const int KillsDefault = 10;

    private static int Kills => int.TryParse(
        Environment.GetEnvironmentVariable(KillsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var kills)
        ? kills
        : KillsDefault;

    [Fact]
    public void Killed_at_any_moment_the_engine_loses_nothing_and_repeats_only_equal_records()
    {
        TestBroker.RequireEmbedded();
        var result = Run(new ChaosPlan { FaultsMax = Kills, SessionTimeout = TimeSpan.FromSeconds(2), Seed = 7, Folder = "" });

        Assert.Equal(Kills, result.Faults.Values.Sum());
        Assert.Empty(result.OwnExits);
        Assert.NotEqual(0, result.StartsWithCheckpoints);
    }

    [Fact]
    public void Two_killed_and_frozen_engines_lose_nothing_and_repeat_nothing_exactly_once()
    {
        TestBroker.RequireReal();
        Run(new ChaosPlan
        {
            Brokers = Environment.GetEnvironmentVariable(TestBroker.Variable), ExactlyOnce = true, Instances = 2, Freezes = true,
            FaultsMax = Kills, Seed = 8, Folder = "",
        });
    }

    private ChaosResult Run(ChaosPlan plan)
    {
        var folder = Directory.CreateTempSubdirectory("streamsegmenter-kills-").FullName;
        var result = new ChaosRun(plan with { Folder = folder, Say = output.WriteLine }).Run();
        using var text = new StringWriter();
        result.Write(text);
        output.WriteLine(text.ToString());

        Assert.True(result.IsGood, $"{text}{Environment.NewLine}kept in {folder}");
        Assert.True(result.Triggers > 20 && result.MembershipChanges > 100, "the run is too short to say anything");
        Directory.Delete(folder, recursive: true);
        return result;
    }
}
