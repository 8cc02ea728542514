// The browser's camera: asked for, listed, and in words when there is none.

export const SIZES = [
  { label: "640 × 480", width: 640, height: 480 },
  { label: "1280 × 720", width: 1280, height: 720 },
];

/** What went wrong, and what to do about it. */
export class CameraProblem extends Error {
  constructor(title, advice) {
    super(title);
    this.advice = advice;
  }
}

function plainHttp() {
  return new CameraProblem(
    "The browser gives no camera to this address",
    `Browsers give a camera to pages of this computer, or over HTTPS, only. Open http://localhost:${location.port || 80} ` +
      "on the computer that runs PoseSpotter, or put HTTPS in front of it (see the guide to the webcam page).",
  );
}

function inWords(error, chosen) {
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      if (/system/i.test(error.message)) {
        return new CameraProblem(
          "The operating system keeps the camera from the browser",
          "Allow the camera for this browser in the system's privacy settings, then try again.",
        );
      }
      return new CameraProblem(
        "The camera was not allowed for this page",
        "Click the camera or the lock beside the address, allow the camera, then try again.",
      );
    case "NotFoundError":
      return new CameraProblem("No camera was found", "Plug one in or switch it on, then try again.");
    case "OverconstrainedError":
      return new CameraProblem(
        chosen ? "The chosen camera is not there any more" : "The camera has no such picture size",
        "Choose another camera or picture size below, then try again.",
      );
    case "NotReadableError":
    case "AbortError":
      return new CameraProblem(
        "The camera is in use or does not answer",
        "Close other programs and tabs that use the camera, or plug it in anew, then try again.",
      );
    default:
      return new CameraProblem("The camera could not be started", `The browser says: ${error.name}, ${error.message}`);
  }
}

/** A stream of the camera's pictures, without sound. */
export async function openCamera(deviceId, size) {
  if (!navigator.mediaDevices?.getUserMedia) throw plainHttp();
  const video = { width: { ideal: size.width }, height: { ideal: size.height }, frameRate: { ideal: 30 } };
  if (deviceId) video.deviceId = { exact: deviceId };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    throw inWords(error, deviceId);
  }
}

/** The cameras by id and name; names are known once the user has allowed one. */
export async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices
    .filter((device) => device.kind === "videoinput" && device.deviceId)
    .map((device, index) => ({ id: device.deviceId, name: device.label || `Camera ${index + 1}` }));
}

export function unplugged() {
  return new CameraProblem("The camera stopped", "It was unplugged, or the system took it away. Plug it in and try again.");
}
