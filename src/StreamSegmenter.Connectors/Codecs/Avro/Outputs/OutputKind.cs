namespace StreamSegmenter.Connectors.Codecs.Avro.Outputs;

/// <summary>The five outputs, each with a schema of its own.</summary>
public enum OutputKind : byte
{
    CartAbandoned,
    MembershipChange,
    ConversionPane,
    DeadLetter,
    LateEvent,
}
