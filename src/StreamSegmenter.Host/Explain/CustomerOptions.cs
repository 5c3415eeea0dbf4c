using System.CommandLine;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Versions;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Host.Explain;

/// <summary>What is known of a customer.</summary>
/// <param name="Record">The stored state.</param>
/// <param name="KnownUntilMs">Up to when the state is valid without further events; null: up to its own clock.</param>
/// <param name="Past">The engine's output about the customer, in order; empty when it was not requested.</param>
internal sealed record FoundCustomer(byte[] Record, long? KnownUntilMs, IReadOnlyList<TimelineEntry> Past)
{
    /// <summary>What of the customer's records could not be read, in the order of the inputs.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>The definitions that the record is under; null: those of the configuration.</summary>
    public DefinitionVersion? Version { get; init; }

    /// <summary>The same as the engine has noted it.</summary>
    public AppliedVersion? Applied { get; init; }

    /// <summary>Layouts that are stored beside the record, encoded.</summary>
    public IReadOnlyList<byte[]> StoredLayouts { get; init; } = [];

    /// <summary>What the record may be read by, under definitions that may be newer than it.</summary>
    public RecordLayouts LayoutsUnder(RecordLayout current)
    {
        var layouts = new RecordLayouts(current);
        foreach (var stored in StoredLayouts)
        {
            layouts.Add(stored);
        }

        return layouts;
    }
}

/// <summary>The options of the commands that look at one customer, and where they look: into a replay of the inputs' files where
/// every input names one, else into the running engine's topics.</summary>
internal sealed class CustomerOptions
{
    private readonly ConfigurationOptions _configuration = new();
    private readonly Option<string?> _customer = CheckedOption.Text("--customer", "The customer's id, or the anonymous id.", "id");

    private readonly Option<string[]> _changes = ReplayedVersions.CreateOption();

    public CustomerOptions() => _customer.Required = true;

    public void AddTo(Command command)
    {
        _configuration.AddTo(command);
        command.Options.Add(_customer);
        command.Options.Add(_changes);
    }

    public string CustomerId(ParseResult parsed) => parsed.GetValue(_customer)!;

    public StreamSegmenterConfiguration Load(ParseResult parsed, Terminal terminal)
    {
        var use = IsFromFiles(_configuration.Load(parsed, ConfigurationUse.Check, terminal, showsWarnings: false)) ? ConfigurationUse.Replay : ConfigurationUse.Run;
        return _configuration.Load(parsed, use, terminal);
    }

    /// <param name="atMs">Of a replay, later events are left out; null: the inputs' end.</param>
    /// <param name="withPast">Whether the engine's output about the customer is requested too.</param>
    /// <exception cref="CommandFailure">There is no such customer, or it cannot be looked at.</exception>
    public Task<FoundCustomer> FindAsync(
        ParseResult parsed, StreamSegmenterConfiguration configuration, long? atMs, bool withPast, Terminal terminal,
        CancellationToken cancellation)
    {
        var id = CustomerId(parsed);
        var later = ReplayedVersions.Load(configuration, parsed.GetValue(_changes)!, terminal);
        return Task.Run(
            () => IsFromFiles(configuration)
                ? ReplayInspection.Find(configuration, later, id, atMs, terminal, cancellation)
                : ChangelogInspection.Find(configuration, id, withPast, cancellation),
            cancellation);
    }

    private static bool IsFromFiles(StreamSegmenterConfiguration configuration) =>
        configuration.Inputs.All(input => input.File is not null);
}
