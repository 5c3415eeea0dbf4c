namespace StreamSegmenter.Connectors.Codecs.Avro.Outputs;

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
