using System.Collections.Concurrent;
using Confluent.SchemaRegistry;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>What came of registering a schema: its id, or why there is none.</summary>
internal readonly record struct SchemaRegistration(SchemaOutcome Outcome, int Id, string? Reason);

/// <summary>
/// A Confluent-compatible schema registry, through Confluent's client. An id means the same schema for ever, so what was found is kept and
/// works on when the registry is down; a failed look-up is repeated after a while. A look-up of an unknown id blocks for at
/// most <see cref="RegistryOptions.Timeout"/>.
/// </summary>
internal sealed class RegistrySchemaSource : ISchemaSource, IDisposable
{
    private const int FailuresMax = 1024;
    private const int ReferenceDepthMax = 8;
    private const int ReferencesMax = 64;

    private readonly ISchemaRegistryClient _client;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, SchemaLookup> _known = new();
    private readonly ConcurrentDictionary<int, (SchemaLookup Lookup, DateTimeOffset Until)> _failed = new();
    private readonly Lock _asking = new();

    /// <param name="time">Paces the requests after failures.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or a file that they name cannot be used.</exception>
    public RegistrySchemaSource(RegistryOptions options, TimeProvider time)
    {
        _client = options.NewClient();
        _options = options;
        _time = time;
    }

    public SchemaLookup ById(int id)
    {
        if (_known.TryGetValue(id, out SchemaLookup known) || TryRecall(id, out known))
        {
            return known;
        }

        // One question at a time: lanes that meet the same new id together wait for one answer.
        lock (_asking)
        {
            return _known.TryGetValue(id, out known) || TryRecall(id, out known) ? known : Ask(id);
        }
    }

    public SchemaLookup ByFingerprint(ulong fingerprint) => new(
        SchemaOutcome.NotFound,
        null,
        $"a schema registry does not know fingerprints ({fingerprint:x16}); put the writer's .avsc file into the schemas folder");

    /// <summary>Registers an output's schema under a subject, usually the topic's name with "-value"; the same schema again
    /// has the same id.</summary>
    public SchemaRegistration Register(string subject, AvroSchema schema)
    {
        var id = 0;
        SchemaLookup registered = Wait($"registering '{subject}'", async () =>
        {
            id = await _client.RegisterSchemaAsync(subject, new Schema(schema.Text, SchemaType.Avro)).ConfigureAwait(false);
            return id > 0
                ? _known[id] = SchemaLookup.Found(schema)
                : new SchemaLookup(SchemaOutcome.Unavailable, null, $"registering '{subject}': the registry's answer holds no id");
        });
        return new SchemaRegistration(registered.Outcome, id, registered.Reason);
    }

    public void Dispose() => _client.Dispose();

    private bool TryRecall(int id, out SchemaLookup lookup)
    {
        bool recalled = _failed.TryGetValue(id, out (SchemaLookup Lookup, DateTimeOffset Until) failure)
            && _time.GetUtcNow() < failure.Until;
        lookup = failure.Lookup;
        return recalled;
    }

    private SchemaLookup Ask(int id)
    {
        SchemaLookup lookup = Wait($"schema {id}", async () =>
        {
            Schema answer = await _client.GetSchemaAsync(id).ConfigureAwait(false);
            return await ParseAsync($"schema {id}", answer, new References(ReferencesMax), ReferenceDepthMax).ConfigureAwait(false);
        });
        if (lookup.Outcome is SchemaOutcome.Found or SchemaOutcome.Unusable)
        {
            _failed.TryRemove(id, out _);
            return _known[id] = lookup;
        }

        if (_failed.Count >= FailuresMax)
        {
            _failed.Clear();
        }

        TimeSpan pause = lookup.Outcome == SchemaOutcome.NotFound ? _options.NotFoundFor : _options.UnavailableFor;
        _failed[id] = (lookup, _time.GetUtcNow() + pause);
        return lookup;
    }

    /// <summary>Blocks until the answer is there, or the time for it is over; never throws for what the network does.</summary>
    private SchemaLookup Wait(string what, Func<Task<SchemaLookup>> ask)
    {
        try
        {
            // A pool thread sends the request, so that a connection that is slow to set up blocks the lane no longer than this wait.
            return Task.Run(ask).WaitAsync(_options.Timeout).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            return new SchemaLookup(
                SchemaOutcome.Unavailable, null, $"{what} at {_options.Urls}: no answer within {_options.Timeout.TotalSeconds:0.#} s");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            var (outcome, reason) = RegistryFailure.Of(failure);
            return new SchemaLookup(outcome, null, $"{what} at {_options.Urls}: {reason}");
        }
    }

    /// <summary>One schema with the schemas that it refers to.</summary>
    private async Task<SchemaLookup> ParseAsync(string what, Schema answer, References left, int depthLeft)
    {
        if (string.IsNullOrEmpty(answer.SchemaString))
        {
            return new SchemaLookup(SchemaOutcome.Unavailable, null, $"{what}: the registry's answer holds no schema");
        }

        if (!IsAvro(answer, out string type))
        {
            return new SchemaLookup(SchemaOutcome.Unusable, null, $"{what}: a schema of type {type}; only AVRO is supported");
        }

        var known = new List<AvroSchema>();
        foreach (SchemaReference reference in answer.References)
        {
            SchemaLookup referred = await FollowAsync(what, reference, left, depthLeft).ConfigureAwait(false);
            if (referred.Outcome != SchemaOutcome.Found)
            {
                return referred;
            }

            known.Add(referred.Schema!);
        }

        return AvroSchema.TryParse(answer.SchemaString, known, out AvroSchema? schema, out AvroSchemaError error)
            ? SchemaLookup.Found(schema!)
            : new SchemaLookup(SchemaOutcome.Unusable, null, $"{what}: {error}");
    }

    private async Task<SchemaLookup> FollowAsync(string what, SchemaReference reference, References left, int depthLeft)
    {
        if (depthLeft == 0 || !left.TryTake())
        {
            return new SchemaLookup(
                SchemaOutcome.Unusable,
                null,
                $"{what}: more than {ReferencesMax} references, or deeper than {ReferenceDepthMax}");
        }

        if (string.IsNullOrEmpty(reference.Subject))
        {
            return new SchemaLookup(SchemaOutcome.Unusable, null, $"{what}: a reference names no subject");
        }

        string at = $"version {reference.Version} of subject '{reference.Subject}'";
        Schema answer = await _client.GetRegisteredSchemaAsync(reference.Subject, reference.Version).ConfigureAwait(false);
        answer.References ??= [];
        SchemaLookup referred = await ParseAsync(at, answer, left, depthLeft - 1).ConfigureAwait(false);
        return referred.Outcome != SchemaOutcome.Found || referred.Schema is { IsNamed: true }
            ? referred
            : new SchemaLookup(SchemaOutcome.Unusable, null, $"{what} refers to {at}, which is not a named type");
    }

    private static bool IsAvro(Schema schema, out string type)
    {
        try
        {
            type = schema.SchemaType.ToString().ToUpperInvariant();
            return schema.SchemaType == SchemaType.Avro;
        }
        catch (InvalidOperationException unknown)
        {
            // The client throws at types of which it knows nothing.
            type = $"that the registry's client does not know ({unknown.Message})";
            return false;
        }
    }

    /// <summary>How many references one look-up may still follow.</summary>
    private sealed class References(int left)
    {
        public bool TryTake() => --left >= 0;
    }
}
