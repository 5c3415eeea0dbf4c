using System.Text;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Tests.Scenarios.Harness;

/// <summary>A scenario file. Its own keys:
/// <code>
/// scenario:  the rule in a sentence            why:      what a reader may wonder about
/// day:       of times without a date           clock:    processing time, which stands still; without it there is none
/// events:    in the order of their arrival; those without 'arrives' in the order of their times
/// until:     the instant to which time passes
/// expect:    every output, in the order of OutputLines
/// pending:   every deadline that is armed at the end; not compared without the key
/// </code>
/// Every other key is the configuration of a user, read by the product's own loader; without <c>inputs</c> there is
/// one topic.</summary>
internal sealed class Scenario
{
    private const string DefaultDay = "2026-03-10";
    private const string DefaultInputs = "inputs:\n  - topic: shop\n";
    private static readonly string[] OwnKeys = ["scenario", "why", "day", "clock", "events", "until", "expect", "pending"];
    private readonly Dictionary<string, List<string>> _own = new(StringComparer.Ordinal);

    private Scenario(string file)
    {
        Name = Path.GetFileNameWithoutExtension(file);
        var configuration = Split(File.ReadAllLines(file), out var hasInputs);
        var loaded = ConfigurationLoader.LoadText(
            file, hasInputs ? configuration : DefaultInputs + configuration, [], ConfigurationUse.Check, _ => null);
        Configuration = loaded.Configuration ?? throw new FormatException(string.Join('\n', loaded.Errors));
        Time = new ScenarioTime(DateOnly.ParseExact(Text("day") ?? DefaultDay, "yyyy-MM-dd"));
        Events = [.. Lines("events").Select(line => ScenarioEvent.Parse(line, Time))];
        UntilMs = Time.Parse(Text("until") ?? throw new FormatException($"{file}: there is no 'until'"));
        ClockMs = Text("clock") is { } clock ? Time.Parse(clock) : null;
        Check();
    }

    public static string Folder { get; } = Tests.Configuration.RepositoryFiles.PathOf("tests/StreamSegmenter.Tests/Scenarios");

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public string Name { get; }

    public StreamSegmenterConfiguration Configuration { get; }

    public ScenarioTime Time { get; }

    public IReadOnlyList<ScenarioEvent> Events { get; }

    public long UntilMs { get; }

    public long? ClockMs { get; }

    public string Sentence => Text("scenario") ?? "";

    public IReadOnlyList<string> Expected => Lines("expect");

    /// <summary>Null: not said.</summary>
    public IReadOnlyList<string>? Pending => _own.ContainsKey("pending") ? Lines("pending") : null;

    public static Scenario Load(string name) => new(Path.Combine(Folder, name + ".yaml"));

    /// <summary>The events in portions between which time passes: a portion begins where an event arrives late, and then with
    /// the instant that the watermark has reached.</summary>
    public IEnumerable<(long? WatermarkMs, List<ScenarioEvent> Events)> Portions()
    {
        (long? WatermarkMs, List<ScenarioEvent> Events) portion = (null, []);
        foreach (var e in Events)
        {
            if (e.ArrivesMs is { } arrivesMs && arrivesMs != portion.WatermarkMs)
            {
                yield return portion;
                portion = (arrivesMs, []);
            }

            portion.Events.Add(e);
        }

        yield return portion;
    }

    private string Split(string[] lines, out bool hasInputs)
    {
        var configuration = new StringBuilder();
        List<string>? own = null;
        hasInputs = false;
        foreach (var line in lines)
        {
            if (line.Length > 0 && char.IsLetter(line[0]))
            {
                var key = line[..line.IndexOf(':', StringComparison.Ordinal)];
                own = OwnKeys.Contains(key) ? _own[key] = [] : null;
                hasInputs |= key == "inputs";
                own?.Add(line[(key.Length + 1)..].Trim().TrimStart('|', '>'));
            }
            else
            {
                own?.Add(line.Trim());
            }

            configuration.Append(own is null ? line : "").Append('\n');
        }

        return configuration.ToString();
    }

    private string? Text(string key) => _own.TryGetValue(key, out var lines) ? string.Join(' ', lines).Trim() : null;

    private List<string> Lines(string key) =>
        [.. _own.GetValueOrDefault(key, []).Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>A scenario whose order of arrival is not what it says would mean different things in different ways of running.</summary>
    private void Check()
    {
        Assert.True(Sentence.Length > 0, $"{Name}: there is no 'scenario'");
        var reachedMs = long.MinValue;
        foreach (var e in Events)
        {
            var arrivesMs = e.ArrivesMs ?? e.TimeMs;
            Assert.True(
                arrivesMs >= reachedMs, $"{Name}: {Time.Format(e.TimeMs)} {e.Customer} is listed behind what arrives after it");
            Assert.True(e.ArrivesMs is null || e.TimeMs < arrivesMs, $"{Name}: what arrives later than it happens only is late");
            reachedMs = arrivesMs;
        }

        Assert.True(UntilMs >= reachedMs, $"{Name}: 'until' lies before the last event");
    }
}
