using System.Buffers;
using StreamSegmenter.Connectors.Codecs.Avro.Framing;

namespace StreamSegmenter.Connectors.Codecs.Avro.Outputs;

/// <summary>The bytes before each output's value, which name the schema of the value. Immutable; the lanes share
/// one.</summary>
internal sealed class AvroOutputFrames
{
    private const int OutputCount = (int)OutputKind.LateEvent + 1;

    private readonly byte[][] _headers;

    private AvroOutputFrames(byte[][] headers) => _headers = headers;

    /// <summary>Single-object encoding: needs no registry; readers know the schemas of <c>schemas/</c>.</summary>
    public static AvroOutputFrames SingleObject() => Build((output, header) =>
        AvroFraming.WriteSingleObject(header, ShippedSchemas.Of(output).Fingerprint));

    /// <summary>No frame at all, as in container files.</summary>
    public static AvroOutputFrames None() => Build((_, _) => { });

    /// <summary>Confluent framing with the ids under which the schemas are registered.</summary>
    public static AvroOutputFrames Confluent(Func<OutputKind, int> schemaIdOf) => Build((output, header) =>
        AvroFraming.WriteConfluent(header, schemaIdOf(output)));

    /// <summary>Registers the five schemas and frames with their ids. Blocks; called once at start.</summary>
    /// <param name="registry">Where to register.</param>
    /// <param name="subjectOf">The subject of each output, by convention the topic's name with "-value".</param>
    /// <param name="frames">Null when one was not accepted.</param>
    /// <param name="failure">The first that was not accepted, and why.</param>
    public static bool TryRegister(
        RegistrySchemaSource registry,
        Func<OutputKind, string> subjectOf,
        out AvroOutputFrames? frames,
        out SchemaRegistration failure)
    {
        frames = null;
        failure = default;
        var ids = new int[OutputCount];
        for (var output = OutputKind.CartAbandoned; output <= OutputKind.LateEvent; output++)
        {
            SchemaRegistration registration = registry.Register(subjectOf(output), ShippedSchemas.Of(output));
            if (registration.Outcome != SchemaOutcome.Found)
            {
                failure = registration;
                return false;
            }

            ids[(int)output] = registration.Id;
        }

        frames = Confluent(output => ids[(int)output]);
        return true;
    }

    public ReadOnlySpan<byte> HeaderOf(OutputKind output) => _headers[(int)output];

    private static AvroOutputFrames Build(Action<OutputKind, IBufferWriter<byte>> write)
    {
        var headers = new byte[OutputCount][];
        for (int i = 0; i < OutputCount; i++)
        {
            var header = new ArrayBufferWriter<byte>();
            write((OutputKind)i, header);
            headers[i] = header.WrittenSpan.ToArray();
        }

        return new AvroOutputFrames(headers);
    }
}
