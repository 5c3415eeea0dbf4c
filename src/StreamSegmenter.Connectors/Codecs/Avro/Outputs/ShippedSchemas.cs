using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Outputs;

/// <summary>The schemas of <c>schemas/</c>, carried inside the assembly.</summary>
internal static class ShippedSchemas
{
    /// <summary>The input: what every other Avro schema of events is read as.</summary>
    public static AvroRecordSchema StorefrontEvent { get; } = Load("storefront-event");

    public static AvroRecordSchema CartAbandoned { get; } = Load("cart-abandoned");

    public static AvroRecordSchema SuppressedTrigger { get; } = Load("suppressed-trigger");

    public static AvroRecordSchema MembershipChange { get; } = Load("membership-change");

    public static AvroRecordSchema ConversionPane { get; } = Load("conversion-pane");

    public static AvroRecordSchema DeadLetter { get; } = Load("dead-letter");

    public static AvroRecordSchema LateEvent { get; } = Load("late-event");

    public static AvroRecordSchema Of(OutputKind output) => output switch
    {
        OutputKind.CartAbandoned => CartAbandoned,
        OutputKind.SuppressedTrigger => SuppressedTrigger,
        OutputKind.MembershipChange => MembershipChange,
        OutputKind.ConversionPane => ConversionPane,
        OutputKind.DeadLetter => DeadLetter,
        _ => LateEvent,
    };

    private static AvroRecordSchema Load(string name)
    {
        using Stream stream = typeof(ShippedSchemas).Assembly.GetManifestResourceStream($"schemas/{name}.avsc")
            ?? throw new InvalidOperationException($"the assembly carries no schema '{name}'");
        using var reader = new StreamReader(stream);
        return (AvroRecordSchema)AvroSchema.Parse(reader.ReadToEnd());
    }
}
