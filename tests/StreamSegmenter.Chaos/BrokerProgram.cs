using System.Globalization;
using StreamSegmenter.Connectors.Kafka;

namespace StreamSegmenter.Chaos;

/// <summary>The embedded broker alone in a process. Prints its address; then reads commands, a line each, and answers each with
/// <c>ok</c>; ends when its standard input closes, so it cannot outlive who started it:
/// <code>
/// create TOPIC PARTITIONS
/// down                      cuts all connections and refuses new ones
/// up
/// delay API MILLISECONDS    answers the next request of that kind so much later
/// advertise HOST PORT       names another address to clients as its own
/// fail API ERROR [ERROR…]   answers the next requests of that kind with these errors
/// </code></summary>
internal static class BrokerProgram
{
    public const string Verb = "broker";

    public static int Run()
    {
        using var broker = EmbeddedBroker.Start(rebalanceDelayMs: 50);
        Console.Out.WriteLine(broker.BootstrapServers);
        Console.Out.Flush();
        while (Console.In.ReadLine() is { } line)
        {
            Obey(broker, line.Split(' '));
            Console.Out.WriteLine("ok");
            Console.Out.Flush();
        }

        return 0;
    }

    private static void Obey(EmbeddedBroker broker, string[] words)
    {
        switch (words[0])
        {
            case "create":
                broker.CreateTopic(words[1], Number(words[2]));
                break;
            case "down":
                broker.GoDown();
                break;
            case "up":
                broker.GoUp();
                break;
            case "advertise":
                broker.Advertise(words[1], Number(words[2]));
                break;
            case "delay":
                broker.DelayRequest((short)Number(words[1]), TimeSpan.FromMilliseconds(Number(words[2])));
                break;
            case "fail":
                broker.FailRequests((short)Number(words[1]), [.. words[2..].Select(Number)]);
                break;
            default:
                throw new ArgumentException($"'{words[0]}' is no command of the broker's");
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
