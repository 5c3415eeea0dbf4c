namespace StreamSegmenter.Chaos;

/// <summary>Publishes other definitions while the engines run and die, each from an instant on that no shard has come to yet.</summary>
internal sealed class DefinitionChanges(ChaosPlan plan, string configurationFile, KnownInput input, Action<string> say)
{
    /// <summary>Longer than a program takes to start on a busy machine.</summary>
    private const long LeadMs = 15_000;

    private static readonly (string Before, string After)[] Edits =
    [
        ("after: 15s", "after: 8s"), (">= 5\"", ">= 3\""), ("steps: [10s, 30s]", "steps: [5s, 12s, 20s]"), (">= 100\"", ">= 60\""),
        ("did(checkout_started, 1m)", "did(product_added, 30s)"),
        ("- { id: buyer,", "- { id: looker, when: \"count(product_viewed, 30s, pane: 1s) >= 2\" }\n  - { id: buyer,"),
    ];

    private readonly List<string> _forReplay = [];
    private int _done;

    /// <summary>The options that have a replay change over at the same instants.</summary>
    public IReadOnlyList<string> ForReplay => _forReplay;

    /// <summary>One more, unless there were enough.</summary>
    public void Next()
    {
        if (_done >= plan.Changes)
        {
            return;
        }

        if (!Waiting.Until(() => input.EventTimeMs > 0, TimeSpan.FromSeconds(30)))
        {
            throw new InvalidOperationException("No event was sent within 30 s.");
        }

        var text = File.ReadAllText(configurationFile);
        for (var edit = 0; edit < Edits.Length; edit++)
        {
            // Each change has another half of them, so that things come, go and come again.
            if (((_done + edit) * 7 % 5) < 3)
            {
                text = text.Replace(Edits[edit].Before, Edits[edit].After, StringComparison.Ordinal);
            }
        }

        var file = Path.Combine(plan.Folder, $"change-{++_done}.yaml");
        File.WriteAllText(file, text);
        var atMs = input.EventTimeMs + LeadMs;
        var published = EngineProcess.RunToEnd(["publish", "--config", file, "--effective", $"{atMs}", .. plan.SettingOptions]);
        say(published.TrimEnd());
        if (published.StartsWith("published", StringComparison.Ordinal))
        {
            _forReplay.AddRange(["--change", $"{atMs}={file}"]);
        }
    }
}
