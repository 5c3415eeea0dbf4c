using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;
using StreamSegmenter.Connectors.Codecs.Avro.Inputs;
using StreamSegmenter.Connectors.Codecs.Avro.Outputs;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Json.Outputs;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Engine.Telemetry;
using StreamSegmenter.Runtime.Configuration;
using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Runtime;

/// <summary>Makes the decoders and encoders of a configuration, one set per lane.</summary>
internal sealed class RecordCodecs : IDisposable
{
    private readonly RecordFormat _outputFormat;
    private readonly ISchemaSource _schemas;
    private readonly AvroOutputFrames _frames;
    private readonly RegistrySchemaSource? _registry;
    private readonly IReadOnlyList<InputConfiguration> _inputs;
    private readonly MappingUses _uses = new();

    /// <exception cref="ConfigurationException">The schemas' folder has errors, or the registry refused the outputs' schemas.</exception>
    public RecordCodecs(StreamSegmenterConfiguration configuration, TimeProvider clock)
    {
        _outputFormat = configuration.Outputs.Format;
        _inputs = configuration.Inputs;
        _frames = AvroOutputFrames.SingleObject();
        var schemas = configuration.Schemas;
        if (schemas.Registry is not { } urls)
        {
            _schemas = schemas.Folder is { } folder ? Load(folder) : new ShippedSchemaSource();
            return;
        }

        _registry = NewRegistry(schemas, urls, clock);
        _schemas = _registry;
        if (_outputFormat == RecordFormat.Avro)
        {
            _frames = Register(_registry, configuration.Outputs.Topics);
        }
    }

    public IOutputEncoder NewEncoder() => _outputFormat == RecordFormat.Avro ? new AvroOutputEncoder(_frames) : new JsonOutputEncoder();

    /// <exception cref="ConfigurationException">The mapping does not fit the format.</exception>
    public IRecordDecoder NewDecoder(InputConfiguration input)
    {
        var mapping = CompiledMapping.Of(input.Mapping);
        var decoder = NewDecoder(input, mapping);
        _uses.Add(input, decoder.Use);
        return decoder;
    }

    /// <summary>How the mapping of the input at that place in the configuration was used. Safe from any thread.</summary>
    public MappingFigures MappingOf(int input) => _uses.Of(_inputs[input]);

    private IMappedDecoder NewDecoder(InputConfiguration input, CompiledMapping mapping) =>
        input.Format switch
        {
            RecordFormat.Csv => CsvEventDecoder.Create(mapping, input.Csv, out var problem)
                ?? throw new ConfigurationException($"input '{input.Name}': {problem}"),
            RecordFormat.Avro => new AvroEventDecoder(_schemas, mapping),
            _ => new JsonEventDecoder(mapping),
        };

    public void Dispose() => _registry?.Dispose();

    private static FolderSchemaSource Load(string folder) => FolderSchemaSource.TryLoad(folder, out var source, out var errors)
        ? source!
        : throw new ConfigurationException(string.Join(Environment.NewLine, errors));

    private static RegistrySchemaSource NewRegistry(SchemasConfiguration schemas, string urls, TimeProvider clock)
    {
        try
        {
            return new RegistrySchemaSource(
                new RegistryOptions(urls)
                {
                    User = schemas.User, Password = schemas.Password, Token = schemas.Token, Properties = schemas.Properties,
                },
                clock);
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"schemas: {e.Message}");
        }
    }

    private static AvroOutputFrames Register(RegistrySchemaSource registry, KafkaOutputs topics)
    {
        string SubjectOf(OutputKind output) => output switch
        {
            OutputKind.CartAbandoned => topics.CartAbandonment,
            OutputKind.SuppressedTrigger => topics.SuppressedTriggers,
            OutputKind.MembershipChange => topics.SegmentMembership,
            OutputKind.ConversionPane => topics.ConversionMetrics,
            OutputKind.DeadLetter => topics.DeadLetters,
            _ => topics.LateEvents,
        } + "-value";

        return AvroOutputFrames.TryRegister(registry, SubjectOf, out var frames, out var failure)
            ? frames!
            : throw new EngineStoppedException($"the schema registry refused an output's schema: {failure.Reason}");
    }
}
