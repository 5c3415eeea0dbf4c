using System.Text.Json;

namespace StreamSegmenter.Chaos;

/// <summary>Holds what a run left in its topics against a replay of the same input. Nothing may be missing and nothing be there that
/// the replay does not know; nothing twice with exactly-once, and with at-least-once only the very same record.</summary>
internal sealed class Comparison(TopicReader reader, ChaosTopics topics, string replayFolder, bool exactlyOnce, long closingMs, Differences differences)
{
    /// <summary>Records of all outputs.</summary>
    public int Outputs { get; private set; }

    public int Triggers { get; private set; }

    public int MembershipChanges { get; private set; }

    /// <summary>Records that were there before.</summary>
    public int Repeated { get; private set; }

    /// <summary>Customers of whom a replay has a result.</summary>
    public static IEnumerable<string> CustomersOf(string replayFolder) =>
        File.ReadLines(Path.Combine(replayFolder, "segment-membership.jsonl")).Where(line => !KnownInput.IsClosing(line)).Select(line =>
        {
            using var change = JsonDocument.Parse(line);
            return change.RootElement.GetProperty("customerId").GetString()!;
        });

    public void Run()
    {
        Triggers = CompareLines("trigger", topics.Triggers, "cart-abandonment.jsonl", line => line);
        CompareLines("suppressed trigger", topics.Suppressed, "suppressed-triggers.jsonl", line => line);
        MembershipChanges = CompareLines("membership change", topics.Memberships, "segment-membership.jsonl", line => line);
        CompareLines("dead letter", topics.DeadLetters, "dead-letters.jsonl", ValueOf);
        CompareLines("late event", topics.Late, "late-events.jsonl", CustomerOf);
        ComparePresentMemberships();
        ComparePanes();
    }

    /// <returns>How many different ones the replay has.</returns>
    private int CompareLines(string kind, string topic, string file, Func<string, string> identity)
    {
        var expected = Lines(file).Where(line => !KnownInput.IsClosing(line)).Select(identity).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var record in reader.ReadAll(topic).Where(record => !KnownInput.IsClosing(record.Text)))
        {
            Outputs++;
            var what = identity(record.Text);
            if (!expected.Contains(what))
            {
                differences.Add($"{kind} that the replay does not have", $"partition {record.Partition}, offset {record.Offset}: {what}");
            }
            else if (!seen.Add(what))
            {
                Repeated++;
                if (exactlyOnce)
                {
                    differences.Add($"{kind} twice", $"partition {record.Partition}, offset {record.Offset}: {what}");
                }
            }
        }

        foreach (var lost in expected.Where(line => !seen.Contains(line)))
        {
            differences.Add($"{kind} lost", lost);
        }

        return expected.Count;
    }

    /// <summary>The compacted topic's last record of each key is the present membership.</summary>
    private void ComparePresentMemberships()
    {
        var expected = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Lines("segment-membership.jsonl"))
        {
            using var change = JsonDocument.Parse(line);
            expected[$"{change.RootElement.GetProperty("customerId").GetString()}/{change.RootElement.GetProperty("segment").GetString()}"] = line;
        }

        var present = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in reader.ReadAll(topics.Memberships))
        {
            present[record.KeyText] = record.Text;
        }

        foreach (var (key, line) in present.Where(pair => !KnownInput.IsClosing(pair.Key)))
        {
            if (expected.GetValueOrDefault(key) != line)
            {
                differences.Add("present membership wrong", $"{line} where the replay ends with {expected.GetValueOrDefault(key)}");
            }
        }
    }

    private void ComparePanes()
    {
        var expected = new Dictionary<string, PaneFigures>(StringComparer.Ordinal);
        foreach (var line in Lines("conversion-metrics.jsonl"))
        {
            Add(expected, line);
        }

        // The latest record of a window counts.
        var latest = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in reader.ReadAll(topics.Metrics))
        {
            Outputs++;
            latest[record.KeyText] = record.Text;
        }

        var present = new Dictionary<string, PaneFigures>(StringComparer.Ordinal);
        foreach (var line in latest.Values)
        {
            Add(present, line);
        }

        foreach (var key in expected.Keys.Union(present.Keys))
        {
            var (replayed, live) = (expected.GetValueOrDefault(key), present.GetValueOrDefault(key));
            if (replayed?.Text != live?.Text)
            {
                differences.Add("pane wrong", $"{key}: {live?.Text ?? "missing"} where the replay has {replayed?.Text ?? "none"}");
            }
        }
    }

    private void Add(Dictionary<string, PaneFigures> panes, string line)
    {
        using var pane = JsonDocument.Parse(line);
        var root = pane.RootElement;
        if (root.GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds() > closingMs - PaneFigures.ClosingMarginMs)
        {
            return;
        }

        var key = $"{root.GetProperty("windowMs")} {root.GetProperty("start").GetString()} {root.GetProperty("dimension").GetString()} {root.GetProperty("value").GetString()}";
        if (!panes.TryGetValue(key, out var figures))
        {
            panes[key] = figures = new PaneFigures();
        }

        figures.Add(root);
    }

    private IEnumerable<string> Lines(string file) => File.ReadLines(Path.Combine(replayFolder, file));

    // Of a record in a file the place is another than in a topic; what it said is the same.
    private static string ValueOf(string line)
    {
        using var letter = JsonDocument.Parse(line);
        return letter.RootElement.GetProperty("value").GetString() ?? "";
    }

    private static string CustomerOf(string line)
    {
        using var late = JsonDocument.Parse(line);
        return $"{late.RootElement.GetProperty("customerId").GetString()} {late.RootElement.GetProperty("eventTime").GetString()}";
    }
}
