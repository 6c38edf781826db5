using System.Text.Json.Serialization;

namespace Recurrent.Cli.Train;

/// <summary>How the lists of a <see cref="ForecasterInfo"/> are read and written: without reflection, for NativeAOT.</summary>
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(float[]))]
internal sealed partial class ForecasterJson : JsonSerializerContext;
