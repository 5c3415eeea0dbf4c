using StreamSegmenter.Events;

namespace StreamSegmenter.Engine.Contracts;

/// <summary>Turns the records of one input into events. One instance per input and lane: not thread-safe, may keep buffers.
/// Bad data is an outcome, never an exception.</summary>
internal interface IRecordDecoder
{
    DecodeOutcome Decode(in SourceRecord record, EventBatch batch);
}
