using System.Buffers;
using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Connectors.Codecs;

/// <summary>Writes an output as the bytes of one record's value. One instance per lane: not thread-safe, may keep buffers.
/// Every method appends to <c>into</c> exactly the bytes of the value, with no frame around it but the format's own
/// (a schema registry's header, for one). Nothing that the engine emits is unwritable, so there is no outcome to
/// return: an exception here is a programmer's error.</summary>
internal interface IOutputEncoder
{
    void Encode(CartAbandoned trigger, IBufferWriter<byte> into);

    void Encode(SuppressedTrigger suppressed, IBufferWriter<byte> into);

    void Encode(MembershipChange change, IBufferWriter<byte> into);

    void Encode(ConversionPane pane, IBufferWriter<byte> into);

    void Encode(DeadLetter letter, IBufferWriter<byte> into);

    void Encode(LateEvent late, IBufferWriter<byte> into);
}
