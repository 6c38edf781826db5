using Recurrent.Layers;
using static Recurrent.Formats.Tests.Keras.H5Model;

namespace Recurrent.Formats.Tests.Keras;

/// <summary>Activations that TensorFlow.js does not have, so that golden/tfjs has none of them.</summary>
public sealed class KerasActivationTests
{
    public static TheoryData<string, Activation> Known => new()
    {
        { "celu", Activation.Elu() },
        { "hard_tanh", Activation.Clip(-1, 1) },
        { "leaky_relu", Activation.LeakyRelu(0.2f) },
        { "relu6", Activation.Clip(0, 6) },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void A_name_is_its_function(string name, Activation expected)
    {
        Hdf5Group root = Sequential(
            "3.5.0", Layer("Dense", "d", $"\"units\": 2, \"use_bias\": false, \"activation\": \"{name}\", \"batch_input_shape\": [null, null, 2]"))
            .Weights("d", ("kernel", [2, 2]));

        var layer = (DenseLayer)Assert.Single(Load(root).Definition.Layers);

        Assert.Equal(expected, layer.Specification.Activation);
    }
}
