using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Versions;
using StreamSegmenter.Runtime.Configuration;

namespace StreamSegmenter.Runtime.Versions;

/// <summary>Brings definitions into a running engine: from the topic, where the configuration names one, else from its own file whenever
/// that changes. What cannot be used changes nothing: it is reported, counted, and shown beside readiness until something else
/// is offered.</summary>
internal sealed class DefinitionFeed : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private readonly StreamSegmenterConfiguration _configuration;
    private readonly DefinitionVersions _versions;
    private readonly TimeProvider _clock;
    private readonly Action<string> _report;
    private readonly VersionCompiler _compiler;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private CompactedTopicReader? _reader;
    private ITimer? _looking;
    private string? _text;

    public DefinitionFeed(
        StreamSegmenterConfiguration configuration, DefinitionVersions versions, TimeProvider clock, Action<string> report)
    {
        _configuration = configuration;
        _versions = versions;
        _clock = clock;
        _report = report;
        _compiler = new VersionCompiler(configuration);
    }

    /// <summary>Begins. With a topic, returns when all is read that the topic holds: no shard is served before.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while no broker answered.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (_configuration.Kafka is { Outputs.Definitions: { } topic } kafka)
        {
            _reader = new CompactedTopicReader(kafka, topic, "definitions", (_, value) => Take(value), Refuse);
            await _reader.CaughtUp.WaitAsync(cancellation);
            if (_versions.All.Count > 1 && !_versions.First.SaysTheSameAs(_versions.Latest))
            {
                _report($"the definitions of '{_configuration.File}' are not those that were published last to '{topic}', and those are in force: "
                    + "'publish' brings the file's");
            }
        }
        else if (File.Exists(_configuration.File))
        {
            _text = Read();
            _looking = _clock.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
        }
    }

    public void Dispose()
    {
        _looking?.Dispose();
        _reader?.Dispose();
    }

    /// <summary>A record of the topic; on the reader's thread.</summary>
    internal void Take(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return;
        }

        PublishedVersion version;
        try
        {
            version = PublishedVersion.Decode(value);
        }
        catch (InvalidDataException e)
        {
            Refuse(e.Message);
            return;
        }

        if (!_seen.Add(version.Id))
        {
            return;
        }

        if (_compiler.Compile(version, out var errors) is { } compiled)
        {
            _versions.Add(compiled);
            _report(string.Create(
                CultureInfo.InvariantCulture,
                $"definitions: version {version.Id} takes over at {DateTimeOffset.FromUnixTimeMilliseconds(_versions.Latest.EffectiveMs):yyyy-MM-dd'T'HH:mm:ss.fff'Z'}"));
        }
        else
        {
            Refuse(string.Join("; ", errors));
        }
    }

    /// <summary>Takes the file over if it has changed.</summary>
    internal void Look()
    {
        lock (_seen)
        {
            var text = Read();
            if (text is null || text == _text)
            {
                return;
            }

            _text = text;
            var loaded = _configuration.Reload();
            if (loaded.Configuration is { } changed)
            {
                loaded = _configuration.WithDefinitions(changed.DefinitionsJson, _configuration.File);
            }

            if (loaded.Configuration is not { } usable)
            {
                Refuse(string.Join("; ", loaded.Errors));
                return;
            }

            var nowMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
            var version = DefinitionVersion.OfFile(usable.Definitions, usable.Segments, nowMs);
            if (version.SaysTheSameAs(_versions.Latest))
            {
                _versions.ClearFault();
                return;
            }

            // A name of its own: the same definitions may come again, with others in between.
            _versions.Add(version with
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{version.Id}@{nowMs}"),
                Json = usable.DefinitionsJson,
            });
            _report($"definitions: '{_configuration.File}' has changed, and its segments and rules take over; every other change takes a restart");
        }
    }

    private void Refuse(string fault)
    {
        var redacted = _configuration.Redactor.Redact(fault);
        _versions.Refuse(redacted);
        _report($"definitions: refused, those in force stay: {redacted}");
    }

    /// <summary>Null: it is being written, or gone. The next look tells.</summary>
    private string? Read()
    {
        try
        {
            return File.ReadAllText(_configuration.File, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
