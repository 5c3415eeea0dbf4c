using StreamSegmenter.Chaos;

namespace StreamSegmenter.Integration;

/// <summary>The real process with two lanes, killed again and again while definitions are published; what it wrote is held against a replay
/// that applies the versions at their instants.</summary>
public sealed class ChangedDefinitionsTests(ITestOutputHelper output)
{
    private const int Changes = 10;

    [Fact]
    public void Ten_changes_between_kills_give_what_a_replay_gives_that_knows_their_instants()
    {
        TestBroker.RequireEmbedded();
        var folder = Directory.CreateTempSubdirectory("streamsegmenter-changes-").FullName;
        var said = new List<string>();
        var result = new ChaosRun(new ChaosPlan
        {
            FaultsMax = Changes, Changes = Changes, Lanes = 2, SessionTimeout = TimeSpan.FromSeconds(2), Seed = 11, Folder = folder,
            Say = line =>
            {
                said.Add(line);
                output.WriteLine(line);
            },
        }).Run();
        using var text = new StringWriter();
        result.Write(text);
        output.WriteLine(text.ToString());

        Assert.True(result.IsGood, $"{text}{Environment.NewLine}kept in {folder}");
        Assert.Equal(Changes, said.Count(line => line.Contains("published version", StringComparison.Ordinal)));
        Assert.Empty(result.OwnExits);
        Directory.Delete(folder, recursive: true);
    }
}
