namespace StreamSegmenter.Connectors.Codecs.Avro.Outputs;

/// <summary>The outputs, each with a schema of its own.</summary>
public enum OutputKind : byte
{
    CartAbandoned,
    SuppressedTrigger,
    MembershipChange,
    ConversionPane,
    DeadLetter,
    LateEvent,
}
