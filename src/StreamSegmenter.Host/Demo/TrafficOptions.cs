using System.CommandLine;
using System.CommandLine.Parsing;
using StreamSegmenter.Connectors.Generator;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Demo;

/// <summary>The options for the kind and amount of traffic to generate.</summary>
internal sealed class TrafficOptions
{
    private static readonly DurationShape For = new(1, 3660 * DurationShape.DayMs);
    private static readonly DurationShape Disorder = new(0, DurationShape.HourMs);

    private readonly Option<int> _rate = CheckedOption.Number("--rate", "Events per second of event time.", 1, 100_000_000, 1_000);
    private readonly Option<int> _customers = CheckedOption.Number("--customers", "How many customers there are.", 1, int.MaxValue, 100_000);
    private readonly Option<int> _sessions = CheckedOption.Number("--sessions", "How many sessions are open at a time.", 1, 10_000_000, 2_000);
    private readonly Option<long?> _count = CheckedOption.Number("--count", "End after so many events.", 0, long.MaxValue);
    private readonly Option<string?> _for = Duration("--for", "End after so much time, such as 30s or 1h.", For);
    private readonly Option<string?> _disorder = Duration("--disorder", "How long an event may be under way, such as 2s. Default: 0s.", Disorder);
    private readonly Option<ulong> _seed = CheckedOption.Number("--seed", "Equal seeds give equal events.", 0UL, ulong.MaxValue, 1UL);
    private readonly Option<double> _duplicates = CheckedOption.Share("--duplicates", "Share of events that come twice, 0 to 1.");
    private readonly Option<bool> _uniform = CheckedOption.Flag(
        "--uniform", "A random customer for every event, instead of sessions: the worst case for every cache.");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _rate, _count, _for, _customers, _sessions, _seed, _disorder, _duplicates, _uniform })
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CommandFailure">The options contradict each other: exit 2.</exception>
    public GeneratorOptions Read(ParseResult parsed, long startMs)
    {
        var options = new GeneratorOptions
        {
            Mode = parsed.GetValue(_uniform) ? TrafficMode.Uniform : TrafficMode.Sessions,
            Seed = parsed.GetValue(_seed),
            Customers = parsed.GetValue(_customers),
            OpenSessions = parsed.GetValue(_sessions),
            EventsPerSecond = parsed.GetValue(_rate),
            StartMs = startMs,
            DisorderMs = Disorder.TryParse(parsed.GetValue(_disorder) ?? "0s", out var disorderMs) ? (int)disorderMs : 0,
            DuplicateShare = parsed.GetValue(_duplicates),
        };
        return options.Check() is { } problem ? throw new CommandFailure(problem, ExitCode.Usage) : options;
    }

    /// <summary>How many events to generate; null: without end.</summary>
    public long? CountOf(ParseResult parsed)
    {
        var count = parsed.GetValue(_count);
        if (parsed.GetValue(_for) is not { } text || !For.TryParse(text, out var ms))
        {
            return count;
        }

        var within = (long)Math.Ceiling(ms / 1000.0 * parsed.GetValue(_rate));
        return count is { } most ? Math.Min(most, within) : within;
    }

    /// <summary>An option that is a duration, checked while the command line is read.</summary>
    public static Option<string?> Duration(string name, string description, DurationShape shape)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "duration" };
        option.Validators.Add(result => RefuseUnless(
            result, result.Tokens.Count == 0 || shape.Accepts(result.Tokens[0].Value), $"{name} expects {shape.Expectation}, such as 30s; found '{(result.Tokens.Count == 0 ? "" : result.Tokens[0].Value)}'"));
        return option;
    }

    private static void RefuseUnless(OptionResult result, bool isValid, string message)
    {
        if (!isValid)
        {
            result.AddError(message);
        }
    }
}
