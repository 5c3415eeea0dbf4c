using System.CommandLine;
using System.CommandLine.Parsing;
using StreamSegmenter.Connectors.Generator;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Host.Demo;

/// <summary>The options that say what traffic to generate and how much of it.</summary>
internal sealed class TrafficOptions
{
    private static readonly DurationShape For = new(1, 3660 * DurationShape.DayMs);
    private static readonly DurationShape Disorder = new(0, DurationShape.HourMs);

    private readonly Option<int> _rate = Number("--rate", "Events per second of event time.", 1_000);
    private readonly Option<int> _customers = Number("--customers", "How many customers there are.", 100_000);
    private readonly Option<int> _sessions = Number("--sessions", "How many sessions are open at a time.", 2_000);
    private readonly Option<long?> _count = new("--count") { Description = "End after so many events.", HelpName = "n" };
    private readonly Option<string?> _for = Duration("--for", "End after so much time, such as 30s or 1h.", For);
    private readonly Option<string?> _disorder = Duration("--disorder", "How long an event may be under way, such as 2s. Default: 0s.", Disorder);
    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Equal seeds give equal events.", HelpName = "n", DefaultValueFactory = _ => 1,
    };

    private readonly Option<double> _duplicates = new("--duplicates")
    {
        Description = "Share of events that come twice, 0 to 1.", HelpName = "share", DefaultValueFactory = _ => 0,
    };

    private readonly Option<bool> _uniform = new("--uniform")
    {
        Description = "A random customer for every event, instead of sessions: the worst case for every cache.",
    };

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

    /// <summary>How many events are asked for; null: no end is said.</summary>
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
            result, result.Tokens.Count == 0 || shape.Accepts(result.Tokens[0].Value), $"{name} expects {shape.Expectation}, such as 30s"));
        return option;
    }

    private static Option<int> Number(string name, string description, int fallback) => new(name)
    {
        Description = description,
        HelpName = "n",
        DefaultValueFactory = _ => fallback,
    };

    private static void RefuseUnless(OptionResult result, bool good, string message)
    {
        if (!good)
        {
            result.AddError(message);
        }
    }
}
