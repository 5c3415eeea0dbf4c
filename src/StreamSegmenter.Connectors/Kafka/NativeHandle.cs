using System.Runtime.InteropServices;
using Confluent.Kafka;
using StreamSegmenter.Connectors.Kafka.Native;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>librdkafka's own client, for what Confluent.Kafka does not offer and there is no other way to do.</summary>
internal static unsafe class NativeHandle
{
    private const int ReasonBytes = 512;

    /// <exception cref="KafkaLaneException">Confluent.Kafka, in another version, does not let its handle be found.</exception>
    public static nint Of(IClient client)
    {
        var handle = Librdkafka.HandleOf(client);
        return handle != 0 ? handle : throw new KafkaLaneException(
            "This version of Confluent.Kafka hides its native handle. Use the version that this program was built with.");
    }

    /// <summary>Why a client can never work again; null when it can.</summary>
    public static Error? FatalError(IClient client) => FatalError(Of(client));

    /// <inheritdoc cref="FatalError(IClient)"/>
    public static Error? FatalError(nint client)
    {
        var reason = stackalloc byte[ReasonBytes];
        var code = Librdkafka.FatalError(client, reason, ReasonBytes);
        return code == 0 ? null : new Error((ErrorCode)code, Marshal.PtrToStringUTF8((nint)reason), isFatal: true);
    }
}
