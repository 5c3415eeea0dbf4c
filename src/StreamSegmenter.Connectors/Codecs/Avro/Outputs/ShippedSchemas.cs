using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Outputs;

/// <summary>The schemas of <c>schemas/</c>, carried inside the assembly.</summary>
internal static class ShippedSchemas
{
    /// <summary>The input: what every other Avro schema of events is read as.</summary>
    public static AvroSchema StorefrontEvent { get; } = Load("storefront-event");

    public static AvroSchema CartAbandoned { get; } = Load("cart-abandoned");

    public static AvroSchema SuppressedTrigger { get; } = Load("suppressed-trigger");

    public static AvroSchema MembershipChange { get; } = Load("membership-change");

    public static AvroSchema ConversionPane { get; } = Load("conversion-pane");

    public static AvroSchema DeadLetter { get; } = Load("dead-letter");

    public static AvroSchema LateEvent { get; } = Load("late-event");

    public static AvroSchema Of(OutputKind output) => output switch
    {
        OutputKind.CartAbandoned => CartAbandoned,
        OutputKind.SuppressedTrigger => SuppressedTrigger,
        OutputKind.MembershipChange => MembershipChange,
        OutputKind.ConversionPane => ConversionPane,
        OutputKind.DeadLetter => DeadLetter,
        _ => LateEvent,
    };

    private static AvroSchema Load(string name)
    {
        using Stream stream = typeof(ShippedSchemas).Assembly.GetManifestResourceStream($"schemas/{name}.avsc")
            ?? throw new InvalidOperationException($"the assembly carries no schema '{name}'");
        using var reader = new StreamReader(stream);
        return AvroSchema.Parse(reader.ReadToEnd());
    }
}

/// <summary>The outputs, each with a schema of its own.</summary>
internal enum OutputKind : byte
{
    CartAbandoned,
    SuppressedTrigger,
    MembershipChange,
    ConversionPane,
    DeadLetter,
    LateEvent,
}
