using System.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;
using StreamSegmenter.Folding;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Tests.Segments.Naive;

/// <summary>One segment of a case.</summary>
internal sealed record NaiveSegment(NaiveRule Rule, long MinStayMs, long CooldownMs);

/// <summary>Definitions, a history in the order of arrival, and the shop's days.</summary>
internal sealed record NaiveCase(
    int Seed, IReadOnlyList<NaiveSegment> Segments, IReadOnlyList<NaiveFact> Facts, string Zone, bool OwnZones, long EndMs)
{
    public const long HourMs = 3_600_000;

    private TimeZoneInfo Shop => TimeZoneInfo.FindSystemTimeZoneById(Zone);

    public StorefrontDefinitions Definitions(long graceMs) => new()
    {
        Currency = TestDefinitions.Euro,
        GraceMs = graceMs,
        DeduplicationMs = 0,
        Segments = [.. Segments.Select((segment, i) => new SegmentDefinition($"s{i}", segment.Rule.Text, "c.yaml", i + 1, 1)
        {
            MinStayMs = segment.MinStayMs, CooldownMs = segment.CooldownMs,
        })],
        TimeZone = Shop,
        TimeZoneProperty = OwnZones ? "tz" : null,
    };

    /// <summary>Every change by the naive interpreter: all segments from all facts, before and after every arrival, at every whole hour (the
    /// only instants at which an answer can change: all times and lengths are whole hours) and a millisecond behind it.</summary>
    public IReadOnlyList<string> NaiveStory()
    {
        var past = new NaivePast(Shop, OwnZones);
        var run = new NaiveRun(Segments, past);
        var clockMs = long.MinValue;
        foreach (var fact in Facts)
        {
            if (clockMs != long.MinValue)
            {
                run.LetPass(clockMs, fact.TimeMs);
            }

            clockMs = Math.Max(clockMs, fact.TimeMs);
            past.Add(fact);
            run.Look(clockMs);
        }

        run.LetPass(clockMs, EndMs);
        return run.Story;
    }

    /// <summary>Every change by the compiled engine.</summary>
    public IReadOnlyList<string> EngineStory(NaiveMutation mutation = NaiveMutation.None)
    {
        var output = RunEngine(Definitions(graceMs: 0), Facts, mutation, out _);
        return [.. output.MembershipChanges.Select(change =>
            $"{change.AtMs} {change.Segment} {(change.Kind == MembershipKind.Entered ? "entered" : "exited")}")];
    }

    /// <summary>In which segments the customer ends by the engine, when the facts arrive in that order within grace.</summary>
    public string EngineEnd(IReadOnlyList<NaiveFact> arrivals, long graceMs)
    {
        RunEngine(Definitions(graceMs), arrivals, NaiveMutation.None, out var members);
        return members;
    }

    private FoldOutput RunEngine(
        StorefrontDefinitions definitions, IReadOnlyList<NaiveFact> arrivals, NaiveMutation mutation, out string members)
    {
        var errors = new List<DefinitionError>();
        var program = definitions.CompileSegments([], errors);
        Assert.True(program is not null, $"{string.Join('\n', errors)}\n{this}");
        var fold = new CustomerFold(definitions, program);
        var record = new CustomerRecord();
        record.Initialize(fold.Layout);
        var output = new FoldOutput(NoPanes.Instance);
        var batch = new EventBatch(1);
        foreach (var fact in arrivals)
        {
            batch.Clear();
            LetPass(fold, record, fact.TimeMs, output);
            fact.Write(batch);
            fold.Apply(record, "c"u8, in batch[0], batch, output);
            if (mutation == NaiveMutation.PaneOffByOne)
            {
                EndPanesLate(record, program.Layout);
            }

            if (mutation == NaiveMutation.ForgottenFlip)
            {
                record.Header.NextDueMs = record.Header.SegmentsDueMs = long.MaxValue;
            }

            if (mutation == NaiveMutation.SequenceForgets)
            {
                Forget(record, program.Layout);
            }
        }

        if (arrivals.Count > 0)
        {
            LetPass(fold, record, EndMs, output);
        }

        members = string.Join(' ', program.SegmentIds.Where((_, i) => program.IsMember(record, i)));
        return output;
    }

    private void LetPass(CustomerFold fold, CustomerRecord record, long untilMs, FoldOutput output)
    {
        while (record.Header.NextDueMs <= untilMs)
        {
            var dueMs = record.Header.NextDueMs;
            fold.RunUntil(record, "c"u8, dueMs, output);
            Assert.True(record.Header.NextDueMs > dueMs, $"still due at {dueMs}\n{this}");
        }
    }

    private static void EndPanesLate(CustomerRecord record, RecordLayout layout)
    {
        for (var id = 0; id < layout.Aggregates.Count; id++)
        {
            var entries = PaneList.Entries(record, (ushort)id);
            if (layout.Aggregates[id].Meaning.Contains("pane:", StringComparison.Ordinal) && !entries.IsEmpty && entries[0] % HourMs == 0)
            {
                entries[0]++;
            }
        }
    }

    private static void Forget(CustomerRecord record, RecordLayout layout)
    {
        for (var id = 0; id < layout.Aggregates.Count; id++)
        {
            if (layout.Aggregates[id].Meaning.StartsWith("sequence", StringComparison.Ordinal))
            {
                record.ResizeSection(SectionKind.Aggregate, (ushort)id, 0);
            }
        }
    }

    public override string ToString() => new StringBuilder()
        .AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"seed {Seed}, zone {Zone}, own zones {OwnZones}")
        .AppendJoin('\n', Segments.Select((segment, i) => $"s{i} minStay {segment.MinStayMs / HourMs}h cooldown {segment.CooldownMs / HourMs}h: {segment.Rule.Text}"))
        .AppendLine().AppendJoin('\n', Facts).ToString();
}

/// <summary>What is done to the engine so that a comparison must find it.</summary>
internal enum NaiveMutation
{
    None,

    /// <summary>The oldest pane ends a millisecond late.</summary>
    PaneOffByOne,

    /// <summary>What time alone changes is not looked at between events.</summary>
    ForgottenFlip,

    /// <summary>No match of a sequence is remembered.</summary>
    SequenceForgets,
}
